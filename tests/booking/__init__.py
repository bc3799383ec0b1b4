"""The booking service's facts."""
