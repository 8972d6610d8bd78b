"""Which files are there, what their variables are, and what they mean: from a path to a capability."""
