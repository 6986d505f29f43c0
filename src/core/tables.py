"""The tidy tables that stand between measurement and everything that reads it.

Figures, statistics, MLflow and DVC read these tables and nothing else.

- ``summary``: one row a replicate; columns ``SUMMARY``, then the problem's own end metrics (``final_*``).
- ``curves``: one row for each step and metric; quantiles over the test seeds; columns ``CURVES``.
- ``rates``: one row a candidate rate; quantiles over the tuning seeds; columns ``RATES``.
- ``paths``: one row for each recorded step of a few seeds on a two-dimensional problem; columns ``PATHS``.
- ``contours``: the landscape under the paths on a square grid; columns ``CONTOURS``.

A missing number is NaN (an empty field in csv); infinity stands for a diverged replicate's value in ``summary``.
"""

SUMMARY = (
    "split",  # tuning or test
    "seed",  # number of the seed within its split
    "rate",  # learning rate
    "status",  # Status.label
    "steps",  # steps taken before the row was frozen, or the budget
    "initial_loss",  # objective at the start
    "final_loss",  # objective at the last point (all samples of a learning task's training part); inf: diverged
    "best_loss",  # lowest of the monitored metric at any check of the stopping rule
    "best_step",  # step at which it was lowest
    "score",  # the end metric by which methods are compared (the problem's criterion); inf: diverged
    "solved",  # whether the objective reached the problem's target at any recorded step
    "steps_to_target",  # first recorded step at which it did; NaN: never (censored at the whole budget)
    "stopped_step",  # step at which the stopping rule fired; NaN: never
    "steps_saved",  # budget - stopped_step; 0 when it never fired
    "stopping_cost",  # best monitored value before the stop minus the best of the whole run; NaN: unknown (frozen)
    "diagnosis",  # what its curves show: a State of src/monitor/diagnosis.py
    "evidence",  # the numbers that speak for it, of test replicates only
)
CURVES = ("metric", "step", "q25", "median", "q75")
RATES = ("rate", "q25", "median", "q75", "diverged", "chosen")
PATHS = ("seed", "step", "x", "y")
CONTOURS = ("x", "y", "value")
