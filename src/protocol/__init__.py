"""The experimental protocol: cells and studies, fair tuning, comparison, ranking, claims and profiles."""
