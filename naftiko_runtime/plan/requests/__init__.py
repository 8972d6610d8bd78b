"""A call → the builder of its upstream request."""
