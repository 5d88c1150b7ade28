"The results pane: the verdict it shows is the comparison's, and any answer can be looked at."
import json
from html.parser import HTMLParser

import pandas as pd
import pytest
from waiting import until

from ftbench.core import FtbenchError
from ftbench.data.dataset import open_dataset
from ftbench.data.edit.steps import Steps
from ftbench.evals.arms import Arm
from ftbench.evals.cases import cases
from ftbench.evals.graders import exact, includes
from ftbench.evals.runner import Sample
from ftbench.evals.verdict import Comparison
from ftbench.widgets.answers import word_difference
from ftbench.widgets.drawing import html
from ftbench.widgets.evaluator import Evaluator
from ftbench.widgets.page import TaskResult, report, to_html
from ftbench.widgets.results import Results, comparison_view, results_state, results_still

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'\u202e\x00"
QUEUES = ("DELIVERY", "REFUND", "WARRANTY", "BILLING")


def compared(n=40, right=(0, .5, 1), suffix="", graders=None, slices=True, failed=()):
    "Three arms, of which so large a share of the answers is right."
    asked = cases([{"messages": [{"role": "user", "content": f"Mail {i} {suffix}"}, {"role": "assistant", "content": QUEUES[i % 4] + suffix}]}
                   for i in range(n)])
    arms = (Arm("base", "nano"), Arm("few_shot", "nano", 8), Arm("tuned", "ft:nano:ftbench:q:9f3"))
    samples = {}
    for one, share in zip(arms, right):
        for i, case in enumerate(asked):
            text = case.answer if (i * 7 % n) / n < share else f"no {case.answer}{suffix}"
            error = "the service is busy" + suffix if (one.name, i) in failed else None
            samples[one.name, case.id] = Sample(text, prompt_tokens=600 if one.shots else 120, completion_tokens=4, latency=.05, error=error)
    chosen = {"new values" + suffix: {case.id for case in asked[:n // 2]}} if slices else {}
    return Comparison(arms, asked, graders or [exact()], samples, chosen)


class Tags(HTMLParser):
    "The elements and attributes a browser would find."
    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes = set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}


def test_the_verdict_is_the_comparisons():
    result = compared()
    state = results_state(result)
    for other in ("base", "few_shot"):
        verdict, pair = result.verdict("tuned", other), state["pairs"][other]
        assert pair["headline"] == verdict.headline and set(pair["gained"]) == set(verdict.gained)
        assert verdict.headline in html(results_still(state))
    assert state["against"] == "few_shot" and state["arms"][2]["scores"][0]["text"] == "100.0"
    json.dumps(state)


def test_cannot_tell_is_a_hollow_circle():
    drawn = html(results_still(results_state(compared(right=(.5, .5, .55), slices=False))))
    assert "cannot tell tuned from few_shot" in drawn and 'fill="var(--ft-ground)"' in drawn


def test_two_graders_missing_answers_and_tokens():
    result = compared(graders=[exact(), includes()], failed={("few_shot", 0), ("tuned", 1)})
    state = results_state(result)
    arms = {arm["name"]: arm for arm in state["arms"]}
    assert arms["few_shot"]["missing"] == "1 without answer" and len(arms["tuned"]["scores"]) == 2
    assert (arms["base"]["tokens"], arms["few_shot"]["tokens"], arms["base"]["p50"], arms["base"]["cost"]) == ("124", "604", "0.05 s", "none")
    first = next(case for case in state["cases"] if case["id"] == result.cases[0].id)
    assert first["answers"]["few_shot"]["look"] == "none" and "busy" in first["answers"]["few_shot"]["text"]
    assert "1 without answer" in html(results_still(state))


def test_many_cases_keep_the_telling_ones():
    result = compared(n=700, right=(0, .97, 1))
    state = results_state(result)
    shown = {case["id"] for case in state["cases"]}
    assert len(shown) == 300 and state["total"] == 700 and set(result.verdict("tuned", "few_shot").gained) <= shown


def test_words_that_differ():
    left, right = word_difference("a b c", "a x c")
    assert left == [[False, "a "], [True, "b"], [False, " c"]] and right[1] == [True, "x"]
    assert word_difference("", "") == ([], []) and word_difference("", "x") == ([], [[True, "x"]])
    long = "word " * 2000
    assert word_difference(long, "x") == ([[False, long]], [[False, "x"]])


def test_displays_everywhere():
    view = comparison_view(compared())
    bundle = view._repr_mimebundle_()
    assert {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"} <= bundle.keys()
    assert "tuned beats" in bundle["text/plain"] and "<script" not in bundle["text/html"]


def losses(): return pd.DataFrame({"step": [1, 2, 3], "name": "train_loss", "value": [3., 1.5, .4]})


def task(name="routing", values=None, wording=None, suffix=""):
    return TaskResult(name, "Support routing" + suffix, "mail in, label out" + suffix, values or compared(), wording or compared(), losses(), 60, 8.1)


def test_nothing_in_the_data_becomes_markup():
    result = compared(suffix=HOSTILE)
    for text in (html(results_still(results_state(result))), to_html(result), report([task(values=result, wording=result, suffix=HOSTILE)])):
        found = Tags(text)
        assert "img" not in found.tags and not {name for name in found.attributes if name.startswith("on")}
        assert "\u202e" not in text and "\x00" not in text and "alert(1)</script>" not in text.replace("&lt;/script&gt;", "")
    assert to_html(result).count("<script") == 2 and "<script" not in report([task(values=result)])


def test_a_page_holds_everything(tmp_path):
    page = to_html(compared(), tmp_path / "result.html").read_text()
    assert Tags(page).tags.isdisjoint({"link", "img", "iframe"}) and "@import" not in page and "url(" not in page
    assert "prefers-color-scheme: dark" in page and "--fb-ground: #111111" in page.split("prefers-color-scheme: dark")[1]
    state = page.split('id="state-0">')[1].split("</script>")[0]
    assert json.loads(state)["focus"] == "tuned"
    with pytest.raises(FtbenchError, match="dict cannot be a page"): to_html({})


@pytest.mark.parametrize("values, wording, headline", [
    (((0, .3, 1),) * 3, ((0, .3, 1),) * 3, "Tuned beats few-shot on all three tasks, and in new wording too"),
    (((0, .3, 1),) * 3, ((0, .3, 1), (0, .3, 1), (0, .5, .55)), "Tuned beats few-shot on all three tasks, and on two in new wording too"),
    (((0, .3, 1),) * 3, ((0, .5, .55),) * 3, "Tuned beats few-shot on all three tasks, but in new wording the cases cannot tell"),
    (((0, .3, 1), (0, .5, .55)), ((0, .5, .55),) * 2, "Tuned beats few-shot on one of two tasks, but in new wording the cases cannot tell"),
    (((0, .5, .5),), ((0, .5, .5),), "Tuned does not surely beat few-shot on any task"),
    (((0, 1, .3),), ((0, 1, .3),), "Tuned does not surely beat few-shot on any task")])
def test_the_report_says_what_came_out(values, wording, headline):
    text = report([task(f"task{i}", compared(right=v, slices=False), compared(right=w, slices=False))
                   for i, (v, w) in enumerate(zip(values, wording))], seconds=126)
    assert headline in text and "2 min 06 s" in text and f"{2 * 40 * 3 * len(values):,}" in text
    assert text.count("<svg") >= 2 * len(values) + 3 and "teaching model" in text and "What this does not show" in text
    assert "nan" not in text.lower().replace("nano", "")


def test_the_report_counts_answers_that_did_not_arrive():
    text = report([task(values=compared(failed={("base", 3), ("tuned", 4)}))])
    assert "2 failed to arrive" in text and "from file to verdict" not in text


def test_failures_are_sent_once_and_leave_the_cases(tmp_path):
    line = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}
    (tmp_path / "mails.jsonl").write_text((json.dumps(line) + "\n") * 3)
    ds, result = open_dataset(tmp_path / "mails.jsonl"), compared(right=(0, .5, .8))
    pane, failed = Results(result, ds), [one.case.id for one in result.failures("tuned")]
    assert pane.state()["review"] == {"into": "mails.jsonl", "failed": 8, "there": [], "sent": None}
    assert pane.do_review(failed[:2]) == {"added": 2, "asked": 2, "into": "mails.jsonl"}
    assert pane.state()["review"]["there"] == sorted(failed[:2]) and len(ds) == 5
    assert pane.do_review([]) == {"added": 6, "asked": 8, "into": "mails.jsonl"} and len(ds) == 11
    evaluator = Evaluator(ds, [case.example for case in result.cases])
    assert len(evaluator._asked()) == 32 and evaluator.left_out == 8
    for _ in range(4): Steps(ds).undo()
    assert pane.state()["review"]["there"] == [] and len(evaluator._asked()) == 40
    with pytest.raises(FtbenchError, match="no data set"): Results(result).do_review([])


def test_a_judge_that_fails_says_so_and_can_be_asked_again():
    result = compared()
    pane, heard = Results(result), []
    def fails(*_): raise FtbenchError("The judge is away.", "Ask another.")
    result.prefer = fails
    pane.subscribe(heard.append)
    pane.do_judge("few_shot", "gpt-4.1")
    until(lambda: not pane.state()["judge"]["running"])
    assert pane.state()["judge"]["problem"]["message"] == "The judge is away." and heard
    with pytest.raises(FtbenchError, match="No judge"): pane.do_judge("few_shot", "  ")
    result.prefer = lambda a, b, model, criterion: result.verdict(a, b)
    pane._judge("few_shot", "gpt-4.1", "Which?")
    card = pane.state()["judge"]["cards"]["few_shot"]
    assert card["won"] == 20 and "agree on 20." in card["agreement"] and not card["disagree"] and "Judge report card" in html(pane.still())


def test_the_next_step_stands_under_the_verdict():
    state = results_state(compared(right=(0, .98, 1)))
    assert [row["code"] for row in state["pairs"]["few_shot"]["advice"]][0] == "prompt_is_enough"
    assert "may be enough" in html(results_still(state))


def test_failures_display_as_a_table():
    result = compared(right=(0, .5, .5), suffix=HOSTILE)
    failures = result.failures("tuned")
    drawn = failures._repr_html_()
    assert drawn.startswith("<p><strong>20 failures of tuned.") and drawn.count("<tr>") == 21 and ".review(ds)" in drawn
    found = Tags(drawn)
    assert found.tags <= {"p", "strong", "code", "table", "thead", "tbody", "tr", "th", "td"} and "\u202e" not in drawn and "\x00" not in drawn
    assert "No failures" in compared().failures("tuned")._repr_html_()
