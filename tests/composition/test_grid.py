from src.composition.grid import covering, variant, varied

JOBS = [
    ["+study=s", "problem=a", "schedule=x", "seeds=3"],
    ["+study=s", "problem=a", "schedule=y", "seeds=3"],
    ["+study=s", "problem=b", "schedule=x", "seeds=3"],
    ["+study=s", "problem=b", "schedule=y", "seeds=3"],
]


def test_what_names_a_run_by_itself_does_not_count_as_varied():
    assert varied(JOBS) == ["schedule"]
    assert varied(JOBS[:1]) == []


def test_a_job_is_told_apart_by_its_own_value_of_what_varies():
    assert variant(JOBS[1], ["schedule"]) == " (schedule=y)"
    assert variant(["+study=s", "+extra.key=1"], ["extra.key"]) == " (extra.key=1)"
    assert variant(JOBS[1], []) == ""


def test_the_jobs_tried_first_use_every_value_of_the_grid():
    tried = covering(JOBS)
    assert len(tried) < len(JOBS)
    assert set().union(*tried) == set().union(*JOBS)
    assert covering([[]]) == [[]]
