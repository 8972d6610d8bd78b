"""Advice on a file that is right: the rules of the language's own rule set (language §11.5), each a pure function."""
