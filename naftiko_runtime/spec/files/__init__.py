"""A file and those it imports from: each judged by itself, put together, and what is told of them."""
