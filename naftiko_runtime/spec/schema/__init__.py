"""Where a file leaves the schemas, in the words of its author."""
