"""A capability as typed values, and how each of them is read."""
