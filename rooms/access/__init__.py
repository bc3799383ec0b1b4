"""Who may open what, and when: tokens, the join window, and why there is no link."""
