"""The science: pure functions on arrays whose last axis is the team, and the keyed draws."""
