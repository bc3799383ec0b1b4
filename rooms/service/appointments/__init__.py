"""Appointments: decided, written in one commit, and what follows from a change (C3, C5 to C8, D1)."""
