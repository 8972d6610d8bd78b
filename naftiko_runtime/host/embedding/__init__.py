"""The engine inside another Python program: one object to serve, call, or give its tools to a model."""
