"""What both faces need of a request before they differ: its body, its caller, its id."""
