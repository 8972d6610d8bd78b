"""Scripts as text: which languages there are, and whether a file is one of theirs. Nothing here runs a script."""
