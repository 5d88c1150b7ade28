"""The statistics against scipy's and statsmodels' figures, and the honesty of the interval."""
import json
import math

import numpy as np
import pytest
from shared_data import SHARED, needs_shared

from ftbench.core import EvalError
from ftbench.evals.statistics import bootstrap, holm, interval, mcnemar, paired, wilson

REFERENCE = SHARED / "evals" / "reference" / "paired_stats.json"


def pairs():
    if not REFERENCE.exists(): return []
    figures = json.loads(REFERENCE.read_text())
    return figures["real_pairs"] + figures["small_pairs"]


def scores(table):
    first = [1] * table["both_right"] + [1] * table["only_a"] + [0] * table["only_b"] + [0] * table["both_wrong"]
    second = [1] * table["both_right"] + [0] * table["only_a"] + [1] * table["only_b"] + [0] * table["both_wrong"]
    return np.array(first), np.array(second)


@needs_shared
@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: f"{pair['a']}-{pair['b']}")
def test_paired_figures_of_scipy_and_statsmodels(pair):
    first, second = scores(pair["table_a_rows_b_cols"])
    result = paired(first, second)
    assert result.difference == pytest.approx(pair["diff_b_minus_a"])
    assert result.p == pytest.approx(pair["mcnemar_exact"]["p"], rel=1e-9)
    ours, theirs = bootstrap(second - first), pair["paired_bootstrap"]["ci95"]
    assert ours == pytest.approx(theirs, abs=max(.004, 1.01 / len(first)))  # another random stream: a step or the third decimal
    for arm, marks in (("a", first), ("b", second)):
        assert wilson(marks.sum(), len(marks)) == pytest.approx(pair[f"ci95_{pair[arm]}"]["wilson"], abs=1e-12)


@needs_shared
def test_continuous_scores():
    figures = json.loads(REFERENCE.read_text())["continuous_pair"]
    result = paired(figures["input_a"], figures["input_b"])
    assert result.difference == pytest.approx(figures["mean_diff"]) and result.p is None
    assert (result.low, result.high) == pytest.approx(figures["bootstrap_seed3_R10000_ci95"], abs=.002)


@pytest.mark.parametrize("n, gained, lost", [(n, gained, lost) for n in (1, 5, 30, 400)
                                             for gained, lost in ((0, 0), (1, 0), (3, 0), (2, 2), (0, 5)) if gained + lost <= n])
def test_the_interval_is_never_a_point_and_agrees_with_the_exact_test(n, gained, lost):
    first = np.array([0] * gained + [1] * lost + [1] * (n - gained - lost))
    second = np.array([1] * gained + [0] * lost + [1] * (n - gained - lost))
    result = paired(first, second)
    assert -1 <= result.low <= result.difference <= result.high <= 1 and result.high - result.low > .001
    assert (result.outcome == "cannot tell") or result.p < .05
    assert paired(second, first).low == pytest.approx(-result.high, abs=.02 if n < 400 else .003)


def test_five_flips_one_way_cannot_tell_but_six_can():
    for gained, outcome in ((5, "cannot tell"), (6, "better")):
        assert paired([0] * gained + [1] * 40, [1] * (gained + 40)).outcome == outcome


def test_always_another_answer():
    result = paired([0] * 20, [1] * 20)
    assert (round(result.low, 3), result.high) == (round(2 * .025 ** (1 / 20) - 1, 3), 1)


def test_mcnemar_stays_exact_for_large_tables():
    assert mcnemar(500, 500) == 1 and mcnemar(0, 2000) == pytest.approx(2 ** -1999, rel=1e-12)


def test_the_needed_cases_would_tell():
    rng = np.random.default_rng(5)
    change = rng.choice([1, 0, -1], p=[.2, .7, .1], size=60)
    found = paired((change < 0).astype(float), (change > 0).astype(float))
    share_told = np.mean([paired((more < 0).astype(float), (more > 0).astype(float)).outcome != "cannot tell"
                          for more in (rng.choice(change, size=found.needed) for _ in range(60))])
    assert .6 < share_told <= 1


@needs_shared
def test_holm_as_statsmodels_has_it():
    figures = json.loads(REFERENCE.read_text())["multiple_tests"]
    assert holm(figures["p"]) == pytest.approx(figures["holm"])
    assert holm(figures["p"][::-1]) == pytest.approx(figures["holm"][::-1]) and holm([.5]) == [.5]


DATA = REFERENCE.parents[2]


@needs_shared
def test_the_published_board_of_a_judge():
    published = json.loads((DATA / "figures" / "published_figures.json").read_text())["alpaca_eval_board"]
    rows = [json.loads(line) for line in (DATA / published["file"]).read_text(encoding="utf-8").splitlines()]
    wins = np.array([row["preference"] - 1 for row in rows])
    result = paired(1 - wins, wins) # the model against the baseline
    assert (result.n, result.gained, result.lost) == (published["n_total"], published["n_wins"], published["n_wins_base"])
    assert (result.difference + 1) / 2 * 100 == pytest.approx(published["win_rate"])
    low, high = interval(wins)
    assert (high - low) / 2 * 100 == pytest.approx(1.96 * published["standard_error"], rel=.03)


@needs_shared
def test_the_published_solutions_of_gsm8k():
    counts = json.loads((DATA / "figures" / "published_figures.json").read_text())["gsm8k_solutions"]["our_counts_right_of_1319"]
    rows = [json.loads(line) for line in (DATA / "evals" / "gsm8k_model_solutions.jsonl").read_text(encoding="utf-8").splitlines()]
    right = {name: [float(row[name]["is_correct"]) for row in rows] for name in counts}
    assert {name: sum(scores) for name, scores in right.items()} == counts
    result = paired(right["6b_verification"], right["175b_verification"])
    assert result.difference == pytest.approx((742 - 515) / 1319) and result.outcome == "better" and result.needed < 1319


def test_wilson_covers_what_it_says():
    rng = np.random.default_rng(3)
    inside = [low <= .85 <= high for low, high in (wilson(right, 40) for right in rng.binomial(40, .85, size=4000))]
    assert .93 < np.mean(inside) < .98


def test_one_score():
    assert interval([1, 1, 1, 0]) == wilson(3, 4)
    low, high = interval([.5] * 20)
    assert low < .5 < high
    with pytest.raises(EvalError, match="at least one case"): wilson(0, 0)
    assert not math.isnan(interval([.2, .9, .4])[0])
