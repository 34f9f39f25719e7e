"""What is true of results, worked out once and without words: facts that text, figures and JSON only say."""
