"""A visit while it goes on: hello, commands, hand-over, device checks, and what ends by itself."""
