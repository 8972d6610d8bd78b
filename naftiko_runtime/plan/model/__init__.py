"""The values that a plan is made of: all that faces and the engine know of it."""
