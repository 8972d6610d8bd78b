"""What answers at one address: its adapters behind one application, and the server that accepts for it."""
