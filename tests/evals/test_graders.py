"""Graders on reference verdicts and on answers that are not what anybody hoped for."""
import json

import pytest
from shared_data import SHARED, needs_shared

from ftbench.core import EvalError
from ftbench.evals.graders import exact, function, includes, json_schema, regex

CASES = SHARED / "evals" / "reference" / "toolcall_cases.jsonl"


def sample(text="", calls=()): return {"output_text": text, "output_tools": list(calls), "finish_reason": "stop"}


def item(text="", calls=()): return {"wanted": text, "wanted_message": {"content": text, "tool_calls": list(calls)}, "messages": []}


@needs_shared
def test_exact_on_the_reference_tool_calls():
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    for case in cases:
        grade = exact()(sample(calls=case["model_calls"]), item(calls=case["canonical_calls"]))
        assert bool(grade.score) == bool(case["verdict_exact"]), case["case"]


@pytest.mark.parametrize("got, wanted, score", [
    ('{"a": 5}', '{"a": 5.0}', 0), ('{"a": true}', '{"a": 1}', 0), ('{"a": [1, 2]}', '{"a": [2, 1]}', 0),
    ("{broken", "{broken", 1), ("{broken", "{}", 0), ("", "{}", 1), ('{"a": {"b": 1, "c": 2}}', '{"a": {"c": 2, "b": 1}}', 1),
])
def test_arguments_are_compared_as_json(got, wanted, score):
    call = lambda arguments: [{"function": {"name": "f", "arguments": arguments}}]
    assert exact()(sample(calls=call(got)), item(calls=call(wanted))).score == score


def test_a_call_that_was_not_wanted_is_wrong():
    call = [{"function": {"name": "f", "arguments": "{}"}}]
    assert exact()(sample("REFUND", call), item("REFUND")).score == 0
    assert exact()(sample("", call * 2), item("", call)).score == 0


@pytest.mark.parametrize("value", [2, -1, float("nan"), "yes", None])
def test_a_function_that_gives_no_score_is_an_error_not_a_zero_by_stealth(value):
    grade = function(lambda sample, item: value, name="odd")(sample("x"), item("x"))
    assert grade.score == 0 and grade.error and "odd" not in grade.error


def test_a_function_may_give_a_numpy_bool():
    import numpy as np
    assert function(lambda sample, item: np.bool_(True), name="n")(sample(), item()).score == 1


def test_schema_faults_say_where():
    schema = json_schema({"type": "object", "properties": {"seats": {"type": "integer"}}})
    assert schema(sample("not json"), item()).reason.startswith("not JSON")
    assert "$.seats" in schema(sample('{"seats": "two"}'), item()).reason
    calls = [{"function": {"name": "f", "arguments": '{"seats": 2}'}}, {"function": {"name": "f", "arguments": '{"seats": []}'}}]
    assert schema(sample("", calls[:1]), item()).score == 1 and schema(sample("", calls), item()).score == 0


def test_bad_graders_are_refused_when_made():
    for make in (lambda: regex("("), lambda: json_schema({"type": "nothing"}), lambda: function(3)):
        with pytest.raises(EvalError) as caught: make()
        assert caught.value.remedy


def test_includes_without_a_wanted_text_is_no_success():
    assert includes()(sample("anything"), item("")).score == 0
