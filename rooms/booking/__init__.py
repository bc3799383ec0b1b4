"""The booking service's facts: a practitioner's diary, the rooms of a day, and what a request changes."""
