"""What is well formed and yet cannot be meant, and what is legal and yet suspicious."""
