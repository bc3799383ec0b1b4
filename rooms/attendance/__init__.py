"""What happened: append-only intervals, and from them one named outcome for each appointment (F)."""
