"""What is true of a study: typed facts without words, worked out once and said by every renderer."""
