"""Telling other systems and people: what is sent where, and what a failure means (F6)."""
