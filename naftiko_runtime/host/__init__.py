"""Where capabilities live: listeners, logs, start and stop."""
