"""The MCP face: tools over streamable HTTP and stdio."""
