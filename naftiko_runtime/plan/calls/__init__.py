"""What a `call` means: a consumed operation, or a tool of the same file."""
