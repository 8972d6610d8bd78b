"""One process that serves: its listeners over a reload, its signals, its end, and what the operator may ask."""
