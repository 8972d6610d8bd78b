"""What is there to serve now that something may have changed, and what is different for callers."""
