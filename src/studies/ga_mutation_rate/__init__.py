"""The study ga_mutation_rate: its measurement, tables, claims and figures."""
