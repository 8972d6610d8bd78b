"""Where each parameter of a call gets its value from."""
