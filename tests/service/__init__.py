"""The booking commands, on a real Redis."""
