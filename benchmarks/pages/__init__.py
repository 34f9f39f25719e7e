"""Reports, the page of `sim explore` and live pages, each figure beside what was asked for."""
