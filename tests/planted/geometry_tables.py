"""Small tables such as the study of geometry makes."""

import numpy as np
import pandas as pd

SHARES = ("chords_above", "tangents_below", "hessians_psd")


def make_minima():
    rows = [(0.0, 0.5, -1.0, "global", "interior", 0.0), (1.5, 2.0, 0.3, "local", "interior", 0.0)]
    return pd.DataFrame(rows, columns=["x", "y", "value", "level", "place", "extent"])


def make_section():
    x = np.linspace(-2, 2, 21)
    return pd.DataFrame({"x": x, "value": x**2, "chord": np.where(np.abs(x) <= 1, 1.0, np.nan)})


def make_concentration():
    d = np.array([2, 10, 100, 1000])
    spread = 1 / np.sqrt(2 * d)
    columns = {"dimension": d, "spread": spread, "spread_low": 0.9 * spread, "spread_high": 1.1 * spread}
    columns |= {"exact": 1.01 * spread, "limit": spread}
    return pd.DataFrame(columns).assign(contrast=[0.1, 0.3, 0.6, 0.9], contrast_low=0.05, contrast_high=0.95)


def make_exponents():
    return pd.DataFrame({"fit": ["all"], "exponent": [-0.5], "low": [-0.51], "high": [-0.49]})


def make_line():
    share = np.linspace(0, 1, 11)
    middle = 0.01 + share * (1 - share)
    return pd.DataFrame({"share": share, "q25": 0.9 * middle, "median": middle, "q75": 1.1 * middle})


def make_permutations():
    columns = {"seed": np.arange(6), "loss_change": 1e-16, "distance": np.linspace(1.3, 1.4, 6)}
    return pd.DataFrame(columns).assign(barrier=np.linspace(0.5, 1.0, 6))


def make_scale():
    a = np.geomspace(0.5, 2, 9)
    frames = [
        pd.DataFrame({"a": a, "w1": sign * a, "w2": sign / a, "loss": 0.4, "sharpness": a**2 + a**-2.0})
        .assign(branch=branch, orbit="valley")
        for branch, sign in (("positive", 1.0), ("negative", -1.0))
    ]  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def shared_tables():
    return {
        "concentration": make_concentration(),
        "exponents": make_exponents(),
        "line": make_line(),
        "permutations": make_permutations(),
        "scale": make_scale(),
    }


def make_convexity():
    columns = {"seed": np.arange(3), "pairs": 10, "chords_above": [10, 10, 7], "tangents_below": [9, 10, 8]}
    return pd.DataFrame(columns).assign(hessians_psd=[2, 3, 4], lowest_eigenvalue=-1.0)


def geometry_run_tables():
    return shared_tables() | {"convexity": make_convexity()} | {"minima": make_minima(), "section": make_section()}


def geometry_study_tables(contours):
    shares = dict.fromkeys(SHARES, 1.0)
    counts = {"global_minima": 1, "valleys": 0, "local_minima": 1, "edge_minima": 0}
    rows = [("parabola", 1, True), ("relu_valley", 2, False), ("deep", 4, False)]
    landscapes = [{"problem": p, "dimension": d, "convex": c, **shares, **counts} for p, d, c in rows]
    minima = [make_minima().assign(problem=problem) for problem, _, _ in rows]
    return shared_tables() | {
        "landscapes": pd.DataFrame(landscapes),
        "minima": pd.concat(minima, ignore_index=True),
        "section": make_section().assign(problem="parabola"),
        "contours": contours.assign(problem="relu_valley"),
    }
