"Arguments that break their schema: what is plain is mended, what would be a guess is left, and nothing else is touched."
import json
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftbench.checks.argument_repairs import as_json
from ftbench.checks.argument_rules import breaches, fitting
from ftbench.checks.fix import mend_line
from ftbench.checks.profiles import profile_of
from ftbench.checks.rules import check_value

USER = {"role": "user", "content": "Where is my order?"}


def example(arguments: str, properties: dict, required: list[str] = ()) -> dict:
    "A chat with one call of a function that has these parameters."
    function = {"name": "look_up", "parameters": {"type": "object", "properties": properties, "required": list(required)}}
    call = {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": arguments}}
    return {"messages": [USER, {"role": "assistant", "tool_calls": [call]}, {"role": "tool", "tool_call_id": "call_1", "content": "-"},
                         {"role": "assistant", "content": "It is on its way."}], "tools": [{"type": "function", "function": function}]}


def mended(value: dict) -> tuple[str, list[str]]:
    "The arguments after all safe repairs, and what was said of them."
    raw, done = mend_line(json.dumps(value).encode(), 1, profile_of("openai"))
    return json.loads(raw)["messages"][1]["tool_calls"][0]["function"]["arguments"], [each.label for each in done]


@pytest.mark.parametrize(("given", "kind", "wanted"), [
    ('"48"', "integer", "48"), ('"-1.5"', "number", "-1.5"), ("48", "string", '"48"'), ('"true"', "boolean", "true"), ('"Yes"', "boolean", "true"),
    ('"no"', "boolean", "false"), ('"[\\"a\\"]"', "array", '["a"]'), ('"{}"', "object", "{}"), ('"null"', ["null", "integer"], "null")])
def test_what_is_plain_is_changed(given, kind, wanted):
    arguments, labels = mended(example(f'{{"a": {given}, "b": 1.50}}', {"a": {"type": kind}, "b": {"type": "number"}}))
    assert arguments == f'{{"a": {wanted}, "b": 1.50}}' and len(labels) == 1 and labels[0].startswith("Change to ")


@pytest.mark.parametrize(("given", "kind"), [
    ('"048"', "integer"), ('"48.5"', "integer"), ('"1.50"', "number"), ('"about 48"', "number"), ('"1e3"', "number"), ('"NaN"', "number"), ("1.5", "string"), ("true", "string"),
    ("null", "string"), ("1", "boolean"), ('"on"', "boolean"), ('"a, b"', "array"), ('"a"', "array"), ("[1]", "integer")])
def test_what_would_be_a_guess_is_left(given, kind):
    value = example(f'{{"a": {given}}}', {"a": {"type": kind}})
    assert mended(value) == (f'{{"a": {given}}}', []) and any(each.code == "arguments_schema" for each in check_value(value))


def test_a_choice_that_is_spelled_otherwise():
    units = {"unit": {"type": "string", "enum": ["Celsius", "Fahrenheit"]}}
    assert mended(example('{"unit": "celsius "}', units))[0] == '{"unit": "Celsius"}'
    assert mended(example('{"unit": "C"}', units))[1] == []
    assert mended(example('{"unit": "a "}', {"unit": {"enum": ["A", "a"]}}))[1] == [] # two of them


def test_deep_inside_and_many_at_once():
    items = {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "integer"}}}}
    given = {"rows": [{"n": str(n)} for n in range(60)]}
    arguments, labels = mended(example(json.dumps(given), {"rows": items}))
    assert json.loads(arguments) == {"rows": [{"n": n} for n in range(60)]} and len(labels) == 60


def test_brackets_are_closed_only_where_the_call_is_whole_then():
    properties = {"a": {"type": "string"}, "b": {"type": "integer"}}
    assert mended(example('{"a": "x"', properties, ["a"])) == ('{"a": "x"}', ["Close the brackets"])
    for text in ('{"a": "x"', '{"a": "x", "b": 4', '{"a": "x", "b"', '{"a": "x",', '{"a": "x', '{"a": "x", "b": [4'):
        assert mended(example(text, properties, ["a", "b"])) == (text, [])
    assert mended(example('{"a": "x"}}', properties)) == ('{"a": "x"}', ["Take out what is too much"])
    assert mended(example("{'a': 'it\\'s', 'b': None}", properties))[1] == ["Write it as JSON"]


def test_hostile_arguments_end_and_what_was_mended_is_left():
    properties = {"a": {"type": "integer"}}
    for text in ('{"a": "\\ud800"}', '{"b": "\\ud800", "a": "1"}', "{" * 90_000, '{"a": "' + "1" * 90_000 + '"}', '{"a": "' + "[" * 90_000 + '"}',
                 "{'a': " + "(" * 300, '{"a": "1" ' + "," * 50_000 + "}", '{"a": 1}' + "}" * 90_000, '"' + "\\" * 99_999, "{'a': " + "-" * 90_000 + "1}"):
        arguments, _ = mended(example(text, properties))
        assert mended(example(arguments, properties)) == (arguments, []), text[:40]


SCALARS = st.none() | st.booleans() | st.integers(-99, 99) | st.floats(-9, 9, width=16) | st.text(string.ascii_letters + '0.-"{}[] ,é', max_size=6) | st.sampled_from(["true", "No", "48", "-1.5", "[1]", "a", "A "])
KINDS = st.sampled_from(["string", "number", "integer", "boolean", "array", "null"])
FIELDS = st.fixed_dictionaries({"type": KINDS | st.lists(KINDS, min_size=1, max_size=2)}, optional={"enum": st.lists(SCALARS, max_size=3)})


@settings(max_examples=400)
@given(st.dictionaries(st.sampled_from("abc"), SCALARS, max_size=3), st.fixed_dictionaries({key: FIELDS for key in "abc"}))
def test_a_repair_changes_one_wrong_value_to_a_fitting_one(arguments, properties):
    value = example(json.dumps(arguments), properties)
    wrong = {breach.way[0] for breach in breaches(arguments, {"properties": properties})}
    after = json.loads(mended(value)[0])
    assert after.keys() == arguments.keys()
    for key, item in after.items():
        if key not in wrong: assert item == arguments[key] and type(item) is type(arguments[key])
        elif item != arguments[key] or type(item) is not type(arguments[key]): assert fitting(properties[key])(item)


@settings(max_examples=300)
@given(st.dictionaries(st.text(max_size=3), st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=2), max_leaves=3), min_size=1, max_size=3), st.data())
def test_a_text_that_is_cut_off_is_whole_again_or_left(arguments, data):
    text = json.dumps(arguments)
    cut = text[:data.draw(st.integers(0, len(text) - 1))]
    found = as_json(cut, lambda value: value.keys() == arguments.keys())
    if found: assert json.loads(found[1]).keys() == arguments.keys() and found[1].startswith(cut.strip())
    assert as_json(cut, None) is None # nobody knows what is missing
