"""The port to upstream APIs and its adapters."""
