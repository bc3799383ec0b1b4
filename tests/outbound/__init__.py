"""What leaves this server towards other machines, on real receivers and relays."""
