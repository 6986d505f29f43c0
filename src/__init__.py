"""The optimization laboratory. Each package imports only those below it; siblings on one line are independent.

- ``settle``: the command for one claim, ``python -m src.settle C4``
- ``run``, ``advise``: the commands, ``python -m src.run`` and ``python -m src.advise``
- ``composition``: Hydra's door
- ``command``, ``advice``: a sweep; which method to use on a problem, from what was measured
- ``tracking``, ``runs``: run directories in MLflow; finished runs on disk
- ``studies``: one folder per study or family of studies, independent of each other
- ``figures``: figures that any study may name
- ``plotting``: what figures share
- ``networks``: measurements of networks that studies share
- ``protocol``: the experimental protocol, which makes a comparison fair
- ``tables``: makers of tidy tables
- ``engine``, ``statistics``: loops; intervals and verdicts
- ``problems``, ``optimizers``, ``schedules``, ``starts``, ``search``, ``monitor``: the parts that ``conf/`` names
- ``core``: contracts, results, random streams
"""
