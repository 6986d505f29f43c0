"""Small tables such as the study of a genetic algorithm's parameters makes."""

import pandas as pd

PROBLEMS = ["eggholder", "rastrigin"]
RATES, SCALES = [0.01, 0.1, 1.0], [1e-4, 1e-2]


def ga_study_tables():
    effects, maps, populations = [], [], []
    for p, problem in enumerate(PROBLEMS):
        for b, by in enumerate(("evaluations", "generations")):
            for k, (parameter, best) in enumerate({"population": "20", "mutation_scale": "0.1"}.items()):
                gain = {"gain": p + 0.5 * b + k, "low": p + k - 0.2, "high": p + 0.5 * b + k + 0.2}
                effects.append(
                    {"problem": problem, "by": by, "parameter": parameter, "best": best, "worst": "?"} | gain
                )
            for size in (20, 100, 500):
                for setting in ("tuned", "textbook"):
                    gap = 10.0 ** -(p + b) / size
                    told = {"problem": problem, "by": by, "setting": setting, "population": size}
                    populations.append(told | {"q25": gap / 2, "median": gap, "q75": 2 * gap})
        maps += [
            {"problem": problem, "population": 100, "crossover": crossover, "by": "evaluations", "evaluations": 10000,
             "mutation_rate": rate, "mutation_scale": scale, "textbook": rate == 0.1 and scale == 1e-4,
             "q25": rate, "median": rate / scale, "q75": 1.0, "solved": 0.5}
            for crossover in ("blend", "none") for rate in RATES for scale in SCALES
        ]  # fmt: skip
    flips = [
        {"problem": problem, "bits": bits, "flips": c, "mean": bits * (c + 1 / c), "low": bits, "high": 3 * bits,
         "expected": bits * (c + 1 / c) * 1.01}
        for problem in ("onemax", "leading_ones") for bits in (20, 60) for c in (0.25, 1.0, 4.0)
    ]  # fmt: skip
    optima = [
        {"problem": problem, "bits": bits, "optimum": 1.0, "low": 0.9, "high": 1.2, "expected": 1.1}
        for problem in ("onemax", "leading_ones") for bits in (20, 60)
    ]  # fmt: skip
    rows = {"flips": flips, "optima": optima}
    rows |= {"parameter_effects": effects, "maps": maps, "populations": populations}
    return {name: pd.DataFrame(table) for name, table in rows.items()}
