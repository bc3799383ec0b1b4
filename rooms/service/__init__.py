"""One coroutine for every command: load, decide, commit (`rooms.ports`)."""
