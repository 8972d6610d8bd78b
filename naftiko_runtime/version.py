"""The one place that says which version this is; the build reads it, and so do `--version` and MCP's `serverInfo`."""

__version__ = "0.1.0"
