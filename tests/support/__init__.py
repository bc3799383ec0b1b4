"""What tests are made of: real processes, a clock you move, builders in domain words."""
