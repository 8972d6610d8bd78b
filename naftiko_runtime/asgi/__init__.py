"""What all faces need of an HTTP request before they differ: who may call, its body, its caller, its id."""
