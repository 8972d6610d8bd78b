"""The control adapter: what may be asked and told of a running process."""
