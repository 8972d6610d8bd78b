"""What one file may refer to, and what is found wrong with it."""
