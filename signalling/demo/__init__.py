"""`consultroom demo`: one command that starts everything on a real Redis of its own and prints the links
(H1).

It uses what it shows: the server is an ordinary `consultroom serve`, and the demo clinic is made by the same
HTTP calls a booking service makes. Nothing here is for production.
"""
