"""What is asked and what is answered, as types: validation, JSON Schema and encoding come from them."""
