"The charts: Python and JavaScript draw the same picture, and nothing a person wrote becomes markup."
import json
import math
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from waiting import PATIENCE

from ftbench.widgets.drawing import html, nice_step, node, thin, ticks, visible
from ftbench.widgets.forest import arms_chart, difference_chart, quality_chart, signed, span_text
from ftbench.widgets.line_chart import accuracy_chart, curves_chart, loss_chart

STATIC = Path(__file__).parents[2] / "ftbench/widgets/static"


def course(steps, total=180, epochs=3):
    "A job's chart as `job_chart` gives it."
    train = [[s, round(.25 + 2.6 * math.exp(-s / 28) + .2 * math.sin(s), 4)] for s in range(1, steps + 1)]
    valid = [[s, round(.6 + 1.6 * math.exp(-s / 30), 4)] for s in range(10, steps + 1, 10)]
    best = {"step": 120, "value": .63, "label": "best: checkpoint 2, full validation 0.630"} if steps > 120 else None
    return {"total": total, "epochs": [round(total * k / epochs) for k in range(1, epochs + 1)], "train": train,
            "smooth": [[s, v + .01] for s, v in train], "valid": valid, "full": [[s, .7] for s in range(60, steps + 1, 60)],
            "accuracy": [[s, round(1 - .7 * math.exp(-s / 35), 4)] for s in range(1, steps + 1)],
            "valid_accuracy": [[s, .3] for s, _ in valid], "checkpoints": [60, 120], "best": best,
            "summary": "Loss by step", "accuracy_summary": "Accuracy by step"}


@pytest.mark.skipif(not shutil.which("node"), reason="Node is not installed; it is only needed for the JavaScript tests")
def test_python_and_javascript_draw_the_same(tmp_path):
    cases = [(data, width) for data in (course(168), course(0), course(1), course(7, 8, 2), course(3000, 3000, 25)) for width in (748, 380)]
    (tmp_path / "cases.json").write_text(json.dumps(cases))
    script = (f'import {{ lossChart, accuracyChart }} from "{STATIC.as_uri()}/line_chart.js"; import {{ readFileSync }} from "fs";'
              f'const cases = JSON.parse(readFileSync("{(tmp_path / "cases.json").as_posix()}"));'
              'console.log(JSON.stringify(cases.map(([data, width]) => [lossChart(data, width, 300), accuracyChart(data, width)])));')
    run = subprocess.run(["node", "--input-type=module", "-e", script], capture_output=True, text=True, timeout=PATIENCE, check=True)
    for theirs, (data, width) in zip(json.loads(run.stdout), cases, strict=True):
        ours = json.loads(json.dumps([loss_chart(data, width, 300), accuracy_chart(data, width)]))
        assert _comparable(theirs) == _comparable(ours), width


def _comparable(tree):
    if isinstance(tree, str): return tree
    if isinstance(tree[0], list): return [_comparable(child) for child in tree]
    tag, attributes, children = tree
    return [tag, {name: str(value) for name, value in attributes.items()}, [_comparable(child) for child in children]]


class Reader(HTMLParser):
    "What a browser would find."
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.text = [], ""

    def handle_starttag(self, tag, attributes): self.tags.append((tag, attributes))
    def handle_data(self, data): self.text += data


@given(st.text())
@settings(max_examples=100)
def test_any_text_stays_text(text):
    reader = Reader()
    reader.feed(html(node("p", text, title=text)))
    reader.close()
    assert reader.tags == [("p", [("title", visible(text))])] and reader.text == visible(text)
    visible(text).encode("utf-8")  # halves of surrogate pairs are drawn


@pytest.mark.parametrize("text, shown", [
    ("\u202eabc", "⟨RLO⟩abc"), ("a\x00b", "a⟨U+0000⟩b"), ("\ud800", "⟨U+D800⟩"), ("\ufeffx", "⟨BOM⟩x"), ("a\tb\nc", "a\tb\nc"),
    ("می‌خواهم", "می‌خواهم"), ("👩‍🚀", "👩‍🚀"), ("👩🏽‍❤️‍👨", "👩🏽‍❤️‍👨"), ("ad\u200dmin", "ad⟨ZWJ⟩min"), ("a\U000e0041", "a⟨U+E0041⟩"),
    ("🏴\U000e0067\U000e0062\U000e007f", "🏴\U000e0067\U000e0062\U000e007f"), ("\u2028\u3164", "⟨LS⟩⟨U+3164⟩")])
def test_what_cannot_be_seen_is_drawn(text, shown): assert visible(text) == shown


def test_ticks_are_inside_and_even():
    for low, high in [(0, 1e-6), (0, 12345), (-3, 4), (.24, 1), (0, .9999)]:
        values, _ = ticks(low, high, 5)
        assert 2 <= len(values) <= 11 and low - 1e-9 <= values[0] and values[-1] <= high * 1.0000001
    assert nice_step(0, 0) > 0


def test_thin_keeps_spikes_and_ends():
    points = [[step, 100. if step == 777 else -5. if step == 4321 else 1.] for step in range(10_000)]
    kept = thin(points, 200)
    assert len(kept) <= 200 and [777, 100.] in kept and [4321, -5.] in kept
    assert kept == sorted(kept) and kept[0] == points[0] and kept[-1] == points[-1]
    assert thin(points[:50], 200) == points[:50]


@pytest.mark.parametrize("difference, low, high, outcome, squares, circles", [
    (14.2, 6.1, 22., "better", 1, 0), (-14.2, -22., -6.1, "worse", 1, 0), (1., -6.1, 8.3, "cannot tell", 0, 1), (0., 0., 0., "cannot tell", 0, 1)])
def test_sure_is_square_unsure_is_hollow(difference, low, high, outcome, squares, circles):
    row = {"label": "x" * 80, "n": 12, "difference": difference, "low": low, "high": high, "direction": outcome}
    for width in (548, 372):
        drawn = html(difference_chart([row], "label", width))
        assert drawn.count("<rect") == squares and drawn.count("<circle") == circles and "nan" not in drawn.lower()
        assert "<title>" in drawn  # the whole of a name that was cut


def test_numbers_in_words():
    assert signed(-8.34) == "−8.3" and signed(0.04) == "0.0" and signed(-.04) == "0.0" and signed(14.25) in ("+14.2", "+14.3")
    assert span_text(-8.3, 22) == "[−8.3, 22.0]"


def test_other_charts_hold_any_input():
    assert "nan" not in html(arms_chart([{"label": "</svg>", "mean": 100., "low": 100., "high": 100., "focus": True}], "<b>")).lower()
    assert "</svg><" not in html(arms_chart([{"label": "</svg>", "mean": 0., "low": 0., "high": 0., "focus": False}], "<b>"))[:-6]
    assert "–" in html(curves_chart([("no steps", [])], "empty")) and "nan" not in html(curves_chart([], "none")).lower()


def test_quality_is_drawn_beside_its_cost():
    arms = [{"label": name, "mean": mean, "low": mean - 5, "high": mean + 4, "cost": cost, "focus": name == "tuned"}
            for name, mean, cost in (("base", 32, 142), ("few_shot", 74, 611), ("tuned", 88, 232))]
    drawn = html(quality_chart(arms, "tokens per case", "score against tokens"))
    assert drawn.count("<rect") == 1 and "few_shot 74 %" in drawn
    line = drawn.split('stroke-dasharray="4 3"')[0].rsplit("<path", 1)[1]
    assert line.count("V") == 2  # few-shot costs more than tuned and is worse: not on the line
    for same in ([{**arm, "cost": 1} for arm in arms], arms[:1], [{**arm, "mean": 100., "low": 100., "high": 100.} for arm in arms]):
        assert "nan" not in html(quality_chart(same, "tokens", "label", 372)).lower()
