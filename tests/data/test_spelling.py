"One line: read with an explanation, written back in its own spelling."
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftbench.core import DataError
from ftbench.data.spelling import decode_line, encode_line

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
values = st.recursive(st.none() | st.booleans() | st.integers(-2**60, 2**60) | st.floats(allow_nan=False, allow_infinity=False) | texts,
                      lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=8)
objects = st.dictionaries(texts, values, max_size=4)
styles = st.sampled_from([{}, {"separators": (",", ":")}, {"ensure_ascii": False}, {"separators": (",", ":"), "ensure_ascii": False},
                          {"indent": 2}, {"indent": "\t", "ensure_ascii": False}])


def same(left, right):
    "Equal as JSON: 1, 1.0 and true are three values."
    return json.dumps(left) == json.dumps(right)


@settings(max_examples=300)
@given(objects, objects, styles)
def test_what_is_written_is_what_is_read(before, after, style):
    line = json.dumps(before, **style).encode()
    assert same(decode_line(encode_line(after, line))[0], after) and ("indent" in style or b"\n" not in encode_line(after, line))
    assert encode_line(before, line) == line


@settings(max_examples=100)
@given(objects, texts, values, styles)
def test_one_new_key_leaves_the_others_bytes_alone(before, key, item, style):
    line = json.dumps(before, **style).encode()
    if key in before or not before: return
    assert encode_line({**before, key: item}, line).startswith(line[:-1].rstrip())


@settings(max_examples=200)
@given(objects, objects, st.sampled_from([1, 4, "\t"]), st.sampled_from(["", "  "]))
def test_an_indented_example_stays_indented(before, after, indent, margin):
    def indented(value): return json.dumps(value, indent=indent, ensure_ascii=False).replace("\n", "\r\n" + margin).encode()
    if not before or b"\\u" in indented(before): return # an escaped letter asks for more of them
    assert encode_line(after, indented(before)) == indented(after)


@settings(max_examples=300)
@given(st.binary(max_size=30))
def test_any_bytes_are_read_or_explained(raw):
    value, error = decode_line(raw)
    assert (value is None) == bool(error) and (value is None or isinstance(value, dict))


@pytest.mark.parametrize("line, words", [
    (b'{"a": 1,}', "column 9"), (b"", "Expecting value"), (b"[1, 2]", "an array"), (b"true", "true or false"), (b"null", "null"),
    (b'"text"', "a string"), (b"7", "a number"), (b'{"a": NaN}', "NaN is not"), (b'{"a": Infinity}', "Infinity"), (b'{"a": "\xe9"}', "0xe9"),
    (b'{"a": "\\ud83d"}', "ud83d is half"), (b'{"a": ' * 100_000, "deep"), (b'{"a": "x\ty"}', "control character"), (b"{'a': 1}", "column 2"),
    (b'{"a": 1} {"b": 2}', "Extra data"), (b'\x00{"a": 1}', "column 1"), (b"{" * 100_000, "column 2")])
def test_faults_are_named_where_they_are(line, words):
    value, error = decode_line(line)
    assert value is None and words in error


@pytest.mark.parametrize("line, change, wanted", [
    (b'{"id":1.50,"messages":[]}', {"messages": ["x"]}, b'{"id":1.50,"messages":["x"]}'),
    (b'{"id": 1e3, "t": "\\u00e9"}', {"u": "\u00e9"}, b'{"id": 1e3, "t": "\\u00e9", "u": "\\u00e9"}'),
    ('{"t": "\u00e9"}'.encode(), {"u": "\u00e9"}, '{"t": "\u00e9", "u": "\u00e9"}'.encode()),
    (b'{"big": 123456789012345678901234567890, "a": 1}', {"a": 2}, b'{"big": 123456789012345678901234567890, "a": 2}'),
    (b'{"a": [1.0, 2e0, "\\/"]}', {"b": 1}, b'{"a": [1.0, 2e0, "\\/"], "b": 1}'), (b'{"a": 1}', {"a": True}, b'{"a": true}'), (b'{"a": 1}', {"a": 1.0}, b'{"a": 1.0}')])
def test_spelling_of_the_rest_is_kept(line, change, wanted):
    assert encode_line({**decode_line(line)[0], **change}, line) == wanted


def test_inserting_and_moving_in_a_list_keeps_the_items_spelling():
    line = b'{"m":[{"x":1e0},{"y":2E0}]}'
    first, second = decode_line(line)[0]["m"]
    assert encode_line({"m": [second, {"new": True}, first]}, line) == b'{"m":[{"y":2E0},{"new":true},{"x":1e0}]}'


@pytest.mark.parametrize("value", [{"a": float("inf")}, {"a": object()}, {"a": "\udc80"}, {"a": b"bytes"}])
def test_what_json_cannot_hold_is_refused(value):
    for before in (b"", b'{"a": 1}'):
        with pytest.raises(DataError, match="cannot be written"): encode_line(value, before)
