"""What is told while serving, for people and for machines, and what of it is remembered."""
