"""What `authentication` says: who may call an adapter, and what lets a request in upstream."""
