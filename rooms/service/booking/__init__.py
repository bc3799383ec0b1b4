"""What a visitor books with: hours, free slots, holds (C1 to C4)."""
