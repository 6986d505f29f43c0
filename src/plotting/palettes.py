"""One colour for one method, wherever it is drawn: in every figure and in the tracking server's charts.

The colours are those of Okabe and Ito (2008) and of Tol's schemes (2021), chosen to be told
apart with colour-blind eyes. No scheme holds a dozen colours that stay apart for everyone, so figures also give a
method its own dash and marker.
"""

import zlib

KNOWN = {
    "gd": "#000000",
    "momentum": "#0072b2",
    "nesterov": "#56b4e9",
    "adagrad": "#cc79a7",
    "rmsprop": "#009e73",
    "adam": "#d55e00",
    "adamw": "#e69f00",
    "clip_noise_precondition": "#882255",
    "clipped_adam": "#999933",
    "clip": "#332288",
    "noise": "#999999",
    "precondition": "#117733",
}

# Search methods: a hue for a family, blue for evolution strategies, green for differential evolution, purple for
# annealing, brown and black for gradients, grey for chance. The twelve that are most often compared come first.
SEARCHES = {
    "cma_es": "#0072b2",
    "differential_evolution": "#009e73",
    "genetic": "#d55e00",
    "particle_swarm": "#edb120",
    "annealing": "#cc79a7",
    "random_search": "#777777",
    "gradient_descent": "#000000",
    "gradient_restarts": "#7a4a1e",
    "scipy_lbfgs_restarts": "#c8a868",
    "one_plus_one_es": "#332288",
    "csa_es": "#56b4e9",
    "evolution_strategy": "#9070e8",
    "elitist_es": "#99bbee",
    "pycma": "#003f5c",
    "de_best": "#117733",
    "de_current_to_best": "#66cc88",
    "de_rand": "#389838",
    "l_shade": "#00e0b0",
    "scipy_de": "#225544",
    "particle_swarm_constriction": "#d8e048",
    "optuna_gp": "#bb0033",
    "optuna_tpe": "#ff7799",
    "scipy_cobyqa": "#808000",
    "scipy_dual_annealing": "#882255",
    "annealing_textbook": "#dd99dd",
    "latin_hypercube_search": "#555555",
    "genetic_textbook": "#ffaa77",
    "evolution_strategy_textbook": "#4444ff",
    "elitist_es_textbook": "#bbbbff",
    "binary_genetic": "#aa3300",
    "binary_annealing": "#9933aa",
    "one_plus_one_ea": "#336699",
}

# For methods that are not in the maps, a user's own among them.
REMAINING = ("#ee3377", "#44aa99", "#aa4499", "#004488", "#997700", "#ccbb44", "#663333", "#ee99aa")


def stable_hash(name: str) -> int:
    """A hash of ``name`` that is the same in every process (Python's own is salted)."""
    return zlib.crc32(name.encode())


def colour(method: str) -> str:
    """The colour of ``method`` as ``#rrggbb``; a method that is in neither map gets one of the remaining ones."""
    return KNOWN.get(method) or SEARCHES.get(method) or REMAINING[stable_hash(method) % len(REMAINING)]
