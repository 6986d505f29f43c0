"""The study optimizer_comparison: its claims; methods are measured and ranked as in every comparison."""
