"""Bytes → text → tree, with the place of everything in it; and the further files that a text names."""
