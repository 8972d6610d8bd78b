"""Which version of the language a file is written in, and the same file in the form of alpha2."""
