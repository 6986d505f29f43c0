"""Fair tuning: the grid of learning rates, and the ways to choose one of them."""
