"""Clinics, people, external databases: what appointments refer to (B5, H4; FHIR's word)."""
