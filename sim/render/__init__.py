"""What is found, said and drawn."""
