"""What came of an appointment: by the table, or set by a person (F3, C8)."""
