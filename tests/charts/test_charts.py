"""Charts show themselves without a network, in a form each host knows."""
import json
import re

import nbformat
import pandas as pd
import pytest

from ftbench.charts import ACCENT, GREY, chart_svg, delta_chart, forest_chart, loss_chart, token_histogram
from ftbench.core import FtbenchError
from ftbench.evals.statistics import paired
from ftbench.evals.verdict import Verdict


def verdict(slice, gained, lost, n, a="tuned"):
    first = [0] * gained + [1] * lost + [1] * (n - gained - lost)
    return Verdict(a, "few_shot", "exact", slice, paired(first, [1] * gained + [0] * lost + [1] * (n - gained - lost)), (), ())


METRICS = pd.DataFrame([*((step, "train_loss", 3 / step) for step in range(1, 2001)), (1500, "train_loss", 99.),
                        (10, "valid_loss", 2.), (20, "valid_loss", 1.), (20, "full_valid_loss", 1.1)], columns=["step", "name", "value"])
TABLE = pd.DataFrame({"arm": ["base", "tuned"], "grader": "exact", "score": [.3, .9], "low": [.2, .8], "high": [.4, .95], "n": 60})
CHARTS = {
    "loss": lambda: loss_chart(METRICS), "forest": lambda: forest_chart(TABLE),
    "delta": lambda: delta_chart([verdict("All cases", 21, 4, 120), verdict("Arabic", 1, 2, 12)]),
    "tokens": lambda: token_histogram(range(100, 1200, 7), limit=1024),
}


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_has_the_three_forms_and_loads_nothing(name):
    bundle = CHARTS[name]()._repr_mimebundle_()
    spec = bundle["application/vnd.vegalite.v5+json"]
    assert spec["$schema"].endswith("v5.json") and "url" not in json.dumps({**spec, "$schema": ""})
    assert bundle["text/plain"] and spec["description"] == bundle["text/plain"]
    svg = bundle["image/svg+xml"]
    assert svg.startswith("<svg") and not re.search(r'(href|src)="(?!#)', svg) and "NaN" not in svg
    output = nbformat.v4.new_output("display_data", data=bundle)
    nbformat.validate(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=[output])]))


def contrast(one, other):
    def light(colour):
        parts = (int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5))
        return sum(weight * (part / 12.92 if part <= .04045 else ((part + .055) / 1.055) ** 2.4)
                   for weight, part in zip((.2126, .7152, .0722), parts))
    brighter, darker = sorted((light(one), light(other)), reverse=True)
    return (brighter + .05) / (darker + .05)


@pytest.mark.parametrize("colour", [ACCENT, GREY])
@pytest.mark.parametrize("ground", ["#ffffff", "#111111"])
def test_colours_read_on_light_and_dark(colour, ground):
    assert contrast(colour, ground) >= 4


@pytest.mark.parametrize("ground", ["transparent"])
def test_the_ground_is_the_hosts(ground):
    assert CHARTS["loss"]().to_dict()["config"]["background"] == ground


def test_a_long_course_is_thinned_but_keeps_its_spike():
    spec = json.dumps(loss_chart(METRICS).to_dict())
    assert len(spec) < 150_000 and "99.0" in spec


def test_sure_is_a_square_in_colour_and_unsure_a_hollow_circle():
    chart = CHARTS["delta"]()
    assert chart.description.count("cannot tell") == 1 and "+14.2" in chart_svg(chart)
    sure = chart_svg(delta_chart([verdict("All cases", 21, 4, 120)]))
    unsure = chart_svg(delta_chart([verdict("All cases", 1, 2, 12)]))
    assert ACCENT in sure and ACCENT not in unsure


def test_several_pairs_are_told_apart():
    svg = chart_svg(delta_chart([verdict("All cases", 21, 4, 120), verdict("All cases", 3, 4, 120, a="other")]))
    assert "tuned − few_shot" in svg and "other − few_shot" in svg


def test_one_step_is_enough():
    assert "train, each step 2" in repr(loss_chart(METRICS[:1].assign(value=2.)))


def test_one_example_is_enough():
    assert chart_svg(token_histogram([40])).startswith("<svg")


@pytest.mark.parametrize("draw", [lambda: loss_chart(METRICS[:0]), lambda: delta_chart([]), lambda: token_histogram([])])
def test_nothing_to_draw_is_said(draw):
    with pytest.raises(FtbenchError) as caught: draw()
    assert caught.value.remedy
