"""What functions take, and what the operations need that they call."""
