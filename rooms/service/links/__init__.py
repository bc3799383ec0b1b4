"""Links: issued, sent again, taken back, forwarded, diagnosed, and filled in where they were kept back."""
