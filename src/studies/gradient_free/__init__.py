"""The studies gradient_free, gradient_free_hard and gradient_free_bits: measurement, tables, claims and figures."""
