"""What is true of results, worked out once and without words: text, figures and JSON only say it."""
