"""Jobs one run at a time, under a clock the tests move."""
