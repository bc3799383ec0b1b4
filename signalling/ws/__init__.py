"""The thin shell around the protocol: sockets, who is connected here, and how a floor becomes frames."""
