"""Which adapter listens where, and whether the address can be had."""
