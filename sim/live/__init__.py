"""A page to mail: the luck of the stages ahead travels in it, and a kernel plays them in the browser."""
