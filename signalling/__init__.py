"""Carrying: HTTP and WebSocket in front of `rooms`, and the jobs beside them. What is decided is decided in
`rooms`."""
