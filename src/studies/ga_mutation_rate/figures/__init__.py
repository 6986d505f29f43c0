"""Figures of the study ga_mutation_rate."""
