"""One folder per study, or per family of studies: what it measures, its tables, claims and figures."""
