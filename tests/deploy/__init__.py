"""Starting it: settings, the command line, and the two commands as somebody runs them."""
