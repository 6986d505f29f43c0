"""Floor 5: what the command shows and how it keeps account; knows neither Hydra nor MLflow."""
