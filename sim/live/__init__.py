"""A page to mail: the luck of the stages ahead travels in the file, and a small kernel plays them in the browser."""
