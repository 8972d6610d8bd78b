"""Where capabilities live: finding and loading their files, listeners, logs, start and stop."""
