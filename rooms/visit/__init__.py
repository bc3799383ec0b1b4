"""The persistent room, the waiting room and admission: pure functions from one floor to the next."""
