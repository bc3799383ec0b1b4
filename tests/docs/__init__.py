"""The documents say what the code says, and nothing else (HOUSE, example 5)."""
