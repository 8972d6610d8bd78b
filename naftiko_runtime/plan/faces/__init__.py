"""The adapters of a file → what each of them shows."""
