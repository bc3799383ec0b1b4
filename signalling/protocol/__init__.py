"""The consultroom.v1 protocol without a socket: bytes in, events out, bytes out (signalling/PROTOCOL.md)."""
