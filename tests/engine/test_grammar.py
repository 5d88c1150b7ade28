"""Whatever a model says under a schema validates; and whatever validates can be said.

FTBENCH_GRAMMAR_CASES sets how many random schemas are tried (default 60; 2000 takes about two minutes).
"""
import json
import os
import random
from importlib import resources

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from ftbench.core import EngineError
from ftbench.engine.grammar.answer import AnswerFormError, answer_rules
from ftbench.engine.grammar.machine import Grammar
from ftbench.engine.grammar.mask import Guide, Vocabulary
from ftbench.engine.grammar.schema import SchemaError, json_object_rules, schema_rules
from ftbench.engine.nano.bpe import Tokenizer
from ftbench.engine.nano.generate import Decoder
from ftbench.engine.nano.llama import Model
from ftbench.engine.nano.sampling import Sampling

jsonschema = pytest.importorskip("jsonschema", reason="the dev extra is not installed: no jsonschema")
CASES = int(os.environ.get("FTBENCH_GRAMMAR_CASES", "60"))
TOKENIZER = Tokenizer.load(resources.files("ftbench") / "engine" / "nano" / "base")
VOCABULARY = Vocabulary(TOKENIZER, TOKENIZER.size)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
scalars = st.one_of(texts, st.integers(-99, 99), st.booleans(), st.none())


def objects(values, name=st.text("abé\" ", min_size=1, max_size=3)):
    return st.dictionaries(name, values, max_size=3).map(lambda properties: {
        "type": "object", "properties": properties, "required": list(properties), "additionalProperties": False})


plain = st.one_of(
    st.sampled_from(["string", "integer", "number", "boolean", "null"]).map(lambda kind: {"type": kind}),
    st.just({"type": ["string", "null"]}), st.just({"$ref": "#/$defs/tree"}),
    st.lists(scalars, min_size=1, max_size=4).map(lambda values: {"enum": values}), scalars.map(lambda value: {"const": value}))
nested = st.recursive(plain, lambda inner: st.one_of(
    objects(inner), st.lists(inner, min_size=1, max_size=3).map(lambda branches: {"anyOf": branches}),
    st.tuples(inner, st.integers(0, 2), st.none() | st.integers(2, 4)).map(lambda parts: {"type": "array", "items": parts[0], "minItems": parts[1]} | (
        {} if parts[2] is None else {"maxItems": parts[2]}))), max_leaves=6)
TREE = {"type": "object", "properties": {"name": {"type": "string", "description": "of the node"}, "more": {"anyOf": [{"$ref": "#/$defs/tree"}, {"type": "null"}]}},
        "required": ["name", "more"], "additionalProperties": False}
schemas = objects(nested).map(lambda schema: schema | {"$defs": {"tree": TREE}})


def asked(schema): return answer_rules({"type": "json_schema", "json_schema": {"name": "x", "schema": schema, "strict": True}})


def instance(schema, pick):
    """A random value that fits."""
    if "$ref" in schema: schema = TREE
    if "anyOf" in schema: return instance(pick.choice(schema["anyOf"]), pick)
    if "enum" in schema: return pick.choice(schema["enum"])
    if "const" in schema: return schema["const"]
    kind = pick.choice(schema["type"]) if isinstance(schema["type"], list) else schema["type"]
    if kind == "object": return {key: instance(value, pick) for key, value in schema["properties"].items()}
    if kind == "array": return [instance(schema["items"], pick) for _ in range(pick.randint(schema["minItems"], schema.get("maxItems", 3)))]
    return {"string": "".join(pick.choices("ab\"\\\n\u00e9\u20ac\U0001f600", k=pick.randrange(4))), "integer": pick.randrange(-10**6, 10**6),
            "number": pick.choice([0, -1.5, 2e30, 1e-7, 123.25]), "boolean": pick.random() < .5, "null": None}[kind]


def walked(guide, pick, limit=400):
    """Token ids chosen at random among those that may stand, closing signs more often, so that it ends."""
    closing = np.array([any(byte in b'"]},0' for byte in text) for text in VOCABULARY.bytes])
    state, ids = guide.start, []
    while len(ids) < limit:
        allowed = guide.allowed(state)
        assert allowed.any(), f"nothing may follow {TOKENIZER.decode(ids)!r}"
        hurry = allowed & closing if pick.random() < .2 + len(ids) / 100 else allowed
        ids.append(int(pick.choice(np.flatnonzero(hurry if hurry.any() else allowed))))
        state = guide.after(state, ids[-1])
        if ids[-1] == TOKENIZER.special["<|end|>"]: return ids
    return ids


@settings(max_examples=CASES)
@given(schemas, st.integers(0, 10**6))
def test_whatever_may_be_said_validates(schema, seed):
    pick, guide = random.Random(seed), Guide(Grammar(*asked(schema)), VOCABULARY)
    for _ in range(3):
        ids = walked(guide, pick)
        if ids[-1] != TOKENIZER.special["<|end|>"]: continue # a tree that has not ended yet; the walk has seen that it may go on
        text = b"".join(map(TOKENIZER.token_bytes, ids)).decode()
        jsonschema.validate(json.loads(text), schema)


@settings(max_examples=CASES)
@given(schemas, st.integers(0, 10**6))
def test_whatever_validates_can_be_said(schema, seed):
    pick, grammar = random.Random(seed), Grammar(*schema_rules(schema))
    value = instance(schema, pick)
    jsonschema.validate(value, schema)
    for style in ({}, {"separators": (",", ":")}, {"indent": 2}):
        text = json.dumps(value, ensure_ascii=False, **style)
        state = grammar.start.read(text.encode())
        assert state is not None and state.ends, text


@settings(max_examples=CASES)
@given(schemas, st.integers(0, 10**6))
def test_a_changed_byte_is_seen(schema, seed):
    pick, grammar = random.Random(seed), Grammar(*schema_rules(schema))
    text = bytearray(json.dumps(instance(schema, pick), ensure_ascii=False).encode())
    for _ in range(20):
        changed = bytes(text[:(at := pick.randrange(len(text)))]) + bytes([pick.choice(b'"{}[],:0a\xe9\\ ')]) + bytes(text[at + 1:])
        state = grammar.start.read(changed)
        if state is not None and state.ends: jsonschema.validate(json.loads(changed), schema)


def test_the_mask_says_what_reading_says():
    guide, pick = Guide(Grammar(*answer_rules({"type": "json_object"}, [{"type": "function", "function": {"name": "f"}}])), VOCABULARY), random.Random(3)
    for _ in range(6):
        state = guide.start
        for token in walked(guide, pick, 25):
            expected = [bool(VOCABULARY.signs(i)) and state.read(VOCABULARY.signs(i)) is not None for i in range(VOCABULARY.size)]
            assert guide.allowed(state).tolist() == expected
            state = guide.after(state, token)


@pytest.mark.parametrize("temperature", [0, 1, 2])
def test_a_model_that_knows_nothing_keeps_to_the_form(make_model, temperature):
    model = Model.load(make_model(context=700, hidden=16, layers=1))
    vocabulary, end = Vocabulary(model.tokenizer, model.config.vocab_size), model.tokenizer.special["<|end|>"]
    tool = {"type": "function", "function": {"name": "book", "strict": True, "parameters": {
        "type": "object", "properties": {"seat": {"enum": ["aisle", "window"]}, "nights": {"type": "integer"}}, "required": ["seat", "nights"],
        "additionalProperties": False}}}
    form = {"type": "object", "properties": {"ok": {"type": "boolean"}, "list": {"type": "array", "items": {"type": ["integer", "null"]}, "maxItems": 4}},
            "required": ["ok", "list"], "additionalProperties": False}
    decoder = Decoder(model)
    guides = {"form": Guide(Grammar(*asked(form)), vocabulary), "call": Guide(Grammar(*answer_rules(None, [tool], "required", False)), vocabulary), "free": None}
    kinds = {decoder.add([3, 40 + i, 1, 4], Sampling(max_tokens=600, temperature=temperature, seed=i, guide=guides[kind])): kind
             for i, kind in enumerate(list(guides) * 8)}
    said = {row: [] for row in kinds}
    while len(decoder):
        for token in decoder.step(): said[token.row].append(token.token)
    for row, kind in kinds.items():
        if kind == "free": continue
        ids = said[row]
        assert ids[-1] == end
        if kind == "form": jsonschema.validate(json.loads(model.tokenizer.decode(ids)), form)
        else:
            assert ids[0] == model.tokenizer.special["<|call|>"]
            name, arguments = model.tokenizer.decode(ids).split(" ", 1)
            assert name == "book"
            jsonschema.validate(json.loads(arguments), tool["function"]["parameters"])


def closed(**properties):
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


@pytest.mark.parametrize("schema, place, words", [
    (closed(a={"type": "string", "pattern": "x"}), ("properties", "a"), "'pattern'"), (closed(a={"type": "string", "minLength": 1}), ("properties", "a"), "'minLength'"),
    (closed(a={"type": "string", "format": "date"}), ("properties", "a"), "'format'"), (closed(a={"type": "integer", "minimum": 0}), ("properties", "a"), "'minimum'"),
    (closed(a={"type": "array", "items": {"type": "null"}, "uniqueItems": True}), ("properties", "a"), "'uniqueItems'"),
    (closed(a={"allOf": [{"type": "string"}]}), ("properties", "a"), "'allOf'"), (closed(a={"not": {}}), ("properties", "a"), "'not'"),
    (closed(a={"oneOf": []}), ("properties", "a"), "'oneOf'"), (closed(a={"if": {}, "type": "string"}), ("properties", "a"), "'if'"),
    (closed(a={"type": "object", "patternProperties": {}, "additionalProperties": False}), ("properties", "a"), "'patternProperties'"),
    (closed() | {"additionalProperties": True}, (), "additionalProperties"), ({"type": "object", "properties": {"a": {"type": "null"}}, "additionalProperties": False}, (), "Missing 'a'"),
    (closed(a={}), ("properties", "a"), "'type' key"), (closed(a=True), ("properties", "a"), "'type' key"), (closed(a=3), ("properties", "a"), "an object"),
    (closed(a={"type": "text"}), ("properties", "a"), "'text' is not valid"), (closed(a={"type": []}), ("properties", "a"), "not valid"),
    (closed(a={"type": "array"}), ("properties", "a"), "missing items"), (closed(a={"anyOf": []}), ("properties", "a"), "'anyOf'"),
    (closed(a={"enum": []}), ("properties", "a"), "'enum'"), (closed(a={"enum": ["x"], "type": "integer"}), ("properties", "a"), "no value"),
    (closed(a={"enum": list(range(1001))}), ("properties", "a"), "1,000 values"), (closed(a={"const": "\ud800"}), ("properties", "a"), "written as JSON"),
    (closed(a={"$ref": "#/$defs/gone"}), ("properties", "a"), "leads nowhere"), (closed(a={"$ref": "other.json"}), ("properties", "a"), "does not begin"),
    (closed(a={"type": "array", "items": {"type": "null"}, "minItems": 3, "maxItems": 2}), ("properties", "a"), "less than"),
    (closed(a={"type": "array", "items": {"type": "null"}, "maxItems": 10**9}), ("properties", "a"), "'maxItems'"),
    ({"type": "array", "items": {"type": "null"}}, (), "got 'type: \"array\"'"), ({"anyOf": [closed()]}, (), "schema must be"), ([], (), "schema must be"), (None, (), "schema must be"),
    (closed() | {"required": ["b"]}, (), "'b'"), (closed() | {"properties": []}, ("properties",), "must be an object"), (closed() | {"required": "a"}, ("required",), "must be a list")])
def test_what_cannot_be_enforced_is_refused_by_name_and_place(schema, place, words):
    with pytest.raises(SchemaError) as caught: schema_rules(schema)
    assert caught.value.message.startswith(f"In context={place}, ") and words in caught.value.message


@pytest.mark.parametrize("schema", [closed(a={"$ref": "#"}), closed(a={"$ref": "#/properties/a"}),
                                    closed(a={"type": "array", "items": {"$ref": "#/properties/a"}, "minItems": 1})])
def test_a_schema_without_end_is_refused(schema):
    with pytest.raises(EngineError, match="No text that ends"): Grammar(*schema_rules(schema))


def deep(levels, wrap):
    schema = {"type": "null"}
    for _ in range(levels): schema = wrap(schema)
    return closed(a=schema)


@pytest.mark.parametrize("wrap", [lambda inner: {"anyOf": [inner]}, lambda inner: closed(a=inner), lambda inner: {"type": "array", "items": inner}])
def test_bottomless_schemas_are_refused_before_python_gives_up(wrap):
    with pytest.raises(SchemaError, match="deeper"): schema_rules(deep(400, wrap))
    assert Grammar(*schema_rules(deep(50, wrap)))


def test_white_space_goes_no_further_in_than_the_nesting():
    form = closed(queue={"enum": ["billing"]}, orders={"type": "array", "items": {"type": "boolean"}, "minItems": 2})
    state, said = Grammar(*schema_rules(form)).start, ""
    for byte in b'{"queue":"billing","orders":[true,false]}':
        while blank := next((sign for sign in b"\n " if state.after(sign)), None): # a model that would rather write white space
            state, said = state.after(blank), said + chr(blank)
        state, said = state.after(byte), said + chr(byte)
    assert state.ends and json.loads(said) == {"queue": "billing", "orders": [True, False]}
    line = "\n" + " " * 8 # two levels
    assert said == f'{{{line}"queue": "billing",{line}"orders": [{line}true,{line}false{line}]{line}}}'


def test_masks_stay_within_their_memory(monkeypatch):
    monkeypatch.setattr("ftbench.engine.grammar.mask._MEMORY", 20 * VOCABULARY.size)
    grammar, pick = Grammar(*answer_rules({"type": "json_object"})), random.Random(2)
    guide = Guide(grammar, VOCABULARY)
    said = [walked(guide, pick, 60) for _ in range(20)]
    assert sum(state.mask is not None for state in grammar._states.values()) <= 20 and max(map(len, said)) > 30


def test_deep_nesting_of_an_answer_is_no_trouble():
    grammar = Grammar(*json_object_rules())
    assert grammar.start.read(b'{"a":' + b"[" * 1200 + b"]" * 1200 + b"}").ends
    assert len(grammar._states) <= 2048 # forgotten again on the way


@pytest.mark.parametrize("request_fields, param", [
    ({"tool_choice": "required"}, "tool_choice"), ({"tool_choice": "f"}, "tool_choice"),
    ({"response_format": {"type": "grammar"}}, "response_format.type"), ({"response_format": {"type": "json_schema"}}, "response_format"),
    ({"tools": [{"function": {"name": "f", "strict": True, "parameters": {"type": "object"}}}]}, "tools[0].function.parameters")])
def test_requests_that_contradict_themselves(request_fields, param):
    with pytest.raises(AnswerFormError) as caught: answer_rules(**request_fields)
    assert caught.value.param == param


def test_a_tool_that_is_not_strict_may_say_more_than_can_be_enforced():
    tool = {"function": {"name": "f", "parameters": {"type": "object", "properties": {"a": {"type": "string", "pattern": "x"}}}}}
    grammar = Grammar(*answer_rules(None, [tool], "required"))
    assert grammar.start.read(["<|call|>", *b'f {"anything": 1}', "<|end|>"]).ends
