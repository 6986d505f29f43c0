"""Makers of the tidy tables that stand between measurement and everything that reads it.

Figures, statistics, MLflow and DVC read tables and nothing else. Each maker holds its table's columns in one tuple:

- ``summary`` (``run_tables``): one row per replicate, then the problem's own end metrics (``final_*``)
- ``curves`` (``run_tables``): one row per step and metric; quantiles over the test seeds
- ``rates`` (``rate_table``): one row per candidate learning rate; quantiles over the tuning seeds
- ``paths``, ``contours`` (``planar_tables``): recorded steps of a few seeds in the plane; the landscape on a grid
- ``population`` (``population_table``): points of a search's generations in the plane

A missing number is NaN (an empty field in csv); infinity stands for a diverged replicate's value in ``summary``.
"""
