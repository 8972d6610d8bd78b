"""What is measured of requests, kept, and sent to whoever collects it: numbers, and traces of single requests."""
