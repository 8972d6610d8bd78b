"""What an operation, a tool or an aggregate function does → one function, or what stands for it."""
