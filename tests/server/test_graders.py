"""Graders over HTTP: the scores of an evaluation for the same JSON, and graders that cannot grade."""
import sys

import pytest
from starlette.testclient import TestClient

from ftbench.data.alike.measures import COMPARISONS, METRICS
from ftbench.evals.openai_graders import from_json
from ftbench.server.app import create_app
from ftbench.server.service import Service

LABEL = {"type": "string_check", "name": "label", "operation": "eq", "input": "{{sample.output_text}}", "reference": "{{ item.wanted }}"}
WORDS = {"type": "text_similarity", "name": "words", "evaluation_metric": "rouge_1", "input": "{{sample.output_text}}", "reference": "{{item.wanted}}"}
FIELD = {**LABEL, "name": "field", "input": "{{ sample.output_json.queues[0] }}", "reference": "{{ item.queue.name }}"}
PAIRS = [ # what the model said, and what was wanted
    ("The parcel is late.", "The parcel is late."), ("the parcel is late", "The parcel, alas, is late!"), ("Don't pay 1,000.50 twice", "Do not pay 1,000.50"),
    ("is late the parcel", "the parcel is late"), ("", "something"), ("billing", "BILLING: an invoice"), ("Þetta er íslenska", "Þetta er enska"),
    ('{"queues": ["billing"]}', "billing"), ("a b c d e f g", "a c e g"),
    ("the parcel is on its way", "so the parcel is on its way to Lima")]


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    "An HTTP client for a server in this process that starts no worker."
    service = Service.open(tmp_path_factory.mktemp("graders"))
    service.start = service.runner.stop = service.courier.stop = lambda: None
    with TestClient(create_app(service, "key"), base_url="http://localhost", headers={"Authorization": "Bearer key"}) as client: yield client


def ask(client, grader, verb="validate", **more):
    return client.post(f"/v1/fine_tuning/alpha/graders/{verb}", json={"grader": grader, **more})


def both(formula, **graders): return {"type": "multi", "name": "both", "graders": graders, "calculate_output": formula}


@pytest.mark.parametrize("grader", [
    *({**LABEL, "operation": operation} for operation in COMPARISONS), FIELD,
    *({**WORDS, "evaluation_metric": name} for name in METRICS),
    both("0.7 * label + 0.3 * words", label={**LABEL, "operation": "ilike"}, words=WORDS),
    both("max(words ^ 2, -label + 0.4)", label=LABEL, words={**WORDS, "evaluation_metric": "bleu"}),
    both("min(1, floor(words + 0.5))", words={**WORDS, "evaluation_metric": "gleu"}),
    both("1 / label", label=LABEL), both("sqrt(words - 1)", words=WORDS)],
    ids=lambda grader: grader.get("evaluation_metric") or grader.get("calculate_output") or f"{grader['name']} {grader['operation']}")
def test_a_grader_gives_the_scores_of_an_evaluation(client, grader):
    if grader.get("evaluation_metric") == "fuzzy_match": pytest.importorskip("rapidfuzz")
    seen = set()
    for said, wanted in PAIRS:
        item = {"wanted": wanted, "queue": {"name": "billing"}}
        told, grade = ask(client, grader, "run", model_sample=said, item=item).json(), from_json(grader)({"output_text": said, "output_tools": []}, item)
        assert told["reward"] == grade.score, (said, wanted)
        assert any(value is True for value in told["metadata"]["errors"].values()) == bool(grade.error), (said, wanted)
        seen.add((grade.score, bool(grade.error)))
    assert len(seen) > 1, "the pairs tell this grader apart from one that always says the same"


@pytest.mark.parametrize("grader, param, code, words", [
    ({**LABEL, "reference": "{{ case.label }}"}, "grader.reference", "invalid_template", "case.label"),
    (both("label", label={**LABEL, "input": "{{output_text}}"}), "grader.graders.label.input", "invalid_template", "output_text"),
    (both("labl / 2", label=LABEL), "grader.calculate_output", "formula_parse_error", "'labl' means nothing"),
    (both("min", label=LABEL), "grader.calculate_output", "formula_parse_error", "'min' means nothing"),
    (both("__import__('os')", label=LABEL), "grader.calculate_output", "formula_parse_error", "Known are label"),
    (both("label +", label=LABEL), "grader.calculate_output", "formula_parse_error", "is not a formula"),
    (both("(" * 300 + "label", label=LABEL), "grader.calculate_output", "formula_parse_error", "is not a formula"),
    ({**WORDS, "evaluation_metric": "meteor"}, "grader.evaluation_metric", "invalid_value", "rouge_l")], ids=lambda value: value if isinstance(value, str) else "")
def test_a_grader_that_cannot_grade_is_refused(client, grader, param, code, words):
    for answer in (ask(client, grader), ask(client, grader, "run", model_sample="x", item={})):
        error = answer.json()["error"]
        assert answer.status_code == 400 and (error["param"], error["code"]) == (param, code) and words in error["message"]


def test_a_measure_whose_package_is_missing_says_what_to_install(client, monkeypatch):
    monkeypatch.setitem(sys.modules, "rapidfuzz.fuzz", None) # as if it were not installed
    fuzzy = {**WORDS, "evaluation_metric": "fuzzy_match"}
    for grader, param in ((fuzzy, "grader.evaluation_metric"), (both("words", words=fuzzy), "grader.graders.words.evaluation_metric")):
        for answer in (ask(client, grader), ask(client, grader, "run", model_sample="x", item={"wanted": "x"})):
            error = answer.json()["error"]
            assert answer.status_code == 400 and error["param"] == param and "pip install rapidfuzz" in error["message"]
    assert ask(client, WORDS).status_code == 200


@pytest.mark.parametrize("formula, status", [
    (" + ".join(["label"] * 200), 200), ("-" * 490 + "label", 200), ("abs(" * 190 + "label" + ")" * 190, 200),
    (" + ".join(["label"] * 2000), 400), (" + ".join(["label"] * 20_000), 400), ("-" * 2000 + "label", 400), ("-" * 490 + "nothing", 400)],
    ids=lambda value: f"{value[:6]}… of {len(value)}" if isinstance(value, str) else None)
def test_a_formula_may_be_long_and_deep_to_a_degree(client, formula, status):
    answer = ask(client, both(formula, label=LABEL), "run", model_sample="x", item={"wanted": "y"})
    assert answer.status_code == status and ask(client, both(formula, label=LABEL)).status_code == status
    if status == 400: assert answer.json()["error"]["code"] == "formula_parse_error"


def test_long_texts_are_compared_quickly(client):
    told = ask(client, {**WORDS, "evaluation_metric": "rouge_l"}, "run", model_sample="late parcel " * 10_000, item={"wanted": "parcel late " * 10_000}).json()
    assert told["reward"] == pytest.approx(1 - 1 / 20_000) and told["metadata"]["execution_time"] < 10
