"""Steps → one action, and its result."""
