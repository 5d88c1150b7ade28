"Tool definitions as text, against requests that people measured at OpenAI and against a real job's bill."
import json

import pytest
from shared_data import SHARED, needs_shared

from ftbench.data.chat import tools_of
from ftbench.data.count.counter import counter
from ftbench.data.count.tokens import tokens_of
from ftbench.data.count.tool_tokens import TOOLS_OFFSET, tools_text



def function(name, description=None, **parameters):
    return {"name": name, "parameters": {"type": "object", "properties": {}} | parameters} | ({"description": description} if description else {})


WORD, NUMBER = {"type": "string"}, {"type": "number"}
RECIPE = {"ingredients": {"type": "array", "items": {
              "type": "object", "required": ["name", "unit", "amount"],
              "properties": {"name": WORD, "unit": {"enum": ["grams", "ml", "cups", "pieces", "teaspoons"], "type": "string"}, "amount": NUMBER}}},
          "instructions": {"type": "array", "items": WORD, "description": "Steps to prepare the recipe (no numbering)"},
          "time_to_cook": {**NUMBER, "description": "Total time to prepare the recipe in minutes"}}
# prompt tokens of gpt-3.5-turbo for the message "hello" with one function, as measured by the author of hmarr/openai-chat-tokens
MEASURED = [
    (function("foo"), 31), (function("foo", "Do a foo"), 36), (function("bing_bong", "Do a bing bong", properties={"foo": WORD}), 49),
    (function("bing_bong", "Do a bing bong", properties={"foo": WORD, "bar": {**NUMBER, "description": "A number"}}), 57),
    (function("bing_bong", "Do a bing bong", properties={"foo": {"type": "object", "properties": {
        "bar": {"type": "string", "enum": ["a", "b", "c"]}, "baz": {"type": "boolean"}}}}), 68),
    (function("get_recipe", required=["ingredients", "instructions", "time_to_cook"], properties=RECIPE), 106),
]
HELLO = 8 # the message alone, measured too
AROUND = 9 # what the same author found functions to add besides their text


@pytest.mark.parametrize(("definition", "measured"), MEASURED, ids=lambda case: case["name"] if isinstance(case, dict) else str(case))
def test_the_text_has_as_many_tokens_as_was_measured(definition, measured):
    assert counter("cl100k_base").count(tools_text([definition])) + HELLO + AROUND == measured


@needs_shared
def test_the_drone_job_was_billed_145983_tokens_for_three_epochs():
    examples = [json.loads(line) for line in (SHARED / "chat/cookbook_drone_tools.jsonl").open(encoding="utf-8")]
    tokens = [tokens_of(example, "cl100k_base") for example in examples]
    assert 3 * sum(each.billed for each in tokens) == 145_983
    unadjusted = 3 * sum(each.billed - TOOLS_OFFSET for each in tokens)
    assert 145_983 < unadjusted < 1.01 * 145_983, "the text alone is within one per cent; the offset takes care of the rest"


@needs_shared
def test_definitions_as_json_would_be_far_off():
    example = json.loads((SHARED / "chat/cookbook_drone_tools.jsonl").open(encoding="utf-8").readline())
    assert counter().count(json.dumps(example["tools"])) > 2 * counter().count_tools(tools_of(example))


def test_types():
    written = tools_text([function("f", "Two\nlines", required=["a"], properties={
        "a": {"anyOf": [WORD, {"type": "null"}]}, "b": {"type": ["integer", "null"]}, "c": {"type": "object"}, "d": {"type": "array"},
        "e": {"const": 3}, "g": {"enum": ["é", None, 2]}, "h": {"$ref": "#/$defs/x"}, "i": {"type": "boolean", "default": True}})])
    assert written.split("\n")[2:-2] == [
        "// Two", "// lines", "type f = (_: {", "a: string | null,", "b?: number | null,", "c?: object,", "d?: any[],", "e?: 3,",
        'g?: "é" | null | 2,', "h?: any,", "i?: boolean, // default: true", "}) => any;"]


@pytest.mark.parametrize("broken", [None, 3, {}, {"name": 3}, {"name": None, "parameters": []}, {"parameters": {"properties": [1]}},
                                    {"parameters": {"properties": {"a": None, "b": {"type": 3, "enum": "x", "anyOf": {}, "items": 1}}, "required": 3}}])
def test_broken_definitions_are_counted_without_a_crash(broken):
    assert counter().count_tools([broken]) > 0


def test_a_bottomless_definition_is_cut():
    schema = WORD
    for _ in range(5000): schema = {"type": "object", "properties": {"a": schema}}
    for _ in range(5000): schema = {"anyOf": [schema], "type": "array", "items": schema}
    assert counter().count_tools([{"name": "deep", "parameters": {"type": "object", "properties": {"a": schema}}}]) < 5000
