"""JSONPath → a function that selects, compiled at load."""
