"""An upstream's bytes → a JSON-like value, one module a format (language §4.1). Pure; nothing here knows a plan."""
