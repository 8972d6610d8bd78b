"""Names, templates, addresses and values: what a single text or value means, whatever file it stands in."""
