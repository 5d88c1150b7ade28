"""Lines checked in blocks get exactly the findings of the rules, whatever stands in them and beside them.

FTBENCH_FUZZ_LINES sets how many lines are tried (8,000; 200,000 for a release).
"""
import json
import os
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_data import CHATS, SHARED, needs_shared
from test_fuzz import in_full, mutated, seeds

from ftbench.checks.argument_rules import breaches, fitting
from ftbench.checks.rules import explain_line, explain_lines
from ftbench.data.block import block_of, delimiters
from ftbench.data.messages import messages_in
from ftbench.data.typed import read_chat, read_chats

N_LINES = int(os.environ.get("FTBENCH_FUZZ_LINES", "8000"))
# Each is rare and means something to a rule on texts, or nearly does.
PIECES = ["<|endoftext|>", "<|im_start|>", "<|nothing|>", "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "<|eot_id|>", "<start_of_turn>", "<strong>", "<end_of_turn>",
          "<span>", "Ã©", "â€™", "Â ", "Ä°Å¡", "ðŸ™‚", "é", "â", "Ø", "\ufffd", "，", "\x1b[0m", "\x07", "\x7f", "&amp;", "&#39;", "M&M", "&nbsp", "[Your Name]",
          "[insert date]", "[INSERT X]", "[Name]", "[NAME]", "[Full Name]", "[Last Name]", "[DATE]", "[Address]", "[link](x)", "<your name>", "<INSERT_ID>", "<input>", "TODO", "TODOS",
          "Lorem ipsum", "London", "{{ name }}", "{{x", "{{", "sk-abcdefghij0123456789xyz", "sk-learn", "risk-free", "AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPL1", "ghp_" + "a1" * 11,
          "github_pat_" + "b2" * 12, "AIza" + "c" * 35, "xoxb-" + "1" * 22, "xox-", "hf_" + "d" * 30, "sk_live_" + "e" * 20, "-----BEGIN RSA PRIVATE KEY-----", "-----",
          "eyJ" + "f" * 20 + ".eyJ" + "g" * 12, "eyJx", "https://a:bcd@e.f", "jon@landsbanki.is", "a@example.com", "@x", "+354 551 2345", "+1", "2+2=4", "(555) 123-4567", "(555)123-4567",
          "604-457-4895", "(212) 664-0187", "x == a", ", of", "1999-2001", "123-45-6789", "000-45-6789", "4111 1111 1111 1111", "4111-1111-1111-1111", "4111111111111111", "3782 822463 10005", "IS14 0159 2600 7654 5510 7303 39",
          "GB29NWBK60161331926819", "3.14159265358979323846", "1 234 567", "12345 678 901", "```", "`code`", "```python", "\\", '"', "/", "\n", "\t", " ", "a", "Hello.", "the", "x" * 60, "…", "日本", "🙂"]
ESCAPES = [("/", "\\/"), ("<", "\\u003c"), ("@", "\\u0040"), ("-", "\\u002D"), ("é", "\\u00E9"), ("A", "\\u0041")]


def agree(lines):
    "Are the findings of a block those of each line?"
    block = block_of(lines)
    found = explain_lines(block, [3] * len(lines), messages_in(read_chats(block)))
    assert all(found.values())
    for place, raw in enumerate(lines): assert found.get(place, []) == in_full(raw), raw
    return found


def blocks(lines, rng):
    while lines:
        size = rng.choice((1, 2, 5, 30, 256))
        yield lines[:size]
        lines = lines[size:]


@pytest.mark.parametrize("broken", [.01, .5])
def test_mutated_lines(broken):
    rng, pool, clean, count = random.Random(30), seeds(), 0, N_LINES // 4
    lines = [mutated(rng, pool) if rng.random() < broken else rng.choice(pool) for _ in range(count)]
    for part in blocks(lines, rng): clean += len(part) - len(agree(part))
    assert count // 50 < clean < count


def text_of(rng, often) -> str:
    if rng.random() > often: return "Hello."
    return rng.choice(("", " ", ", ")).join(rng.choice(PIECES) for _ in range(rng.choice((1, 1, 2, 3, 8)) if often == 1 else 1))


def line_of(rng) -> bytes:
    "A sound chat but for its texts, in any spelling of JSON."
    often = rng.choice((.2, .2, .2, 1)) # nearly always only one piece, so that nothing else gives the line away
    messages = [{"role": "system", "content": text_of(rng, often)}] * (rng.random() < .3)
    for _ in range(rng.choice((1, 1, 2, 4))): messages += [{"role": "user", "content": text_of(rng, often)}, {"role": "assistant", "content": text_of(rng, often)}]
    if rng.random() < .1: messages[-1]["weight"] = rng.choice((0, 1, 1, 1.0, 2, .5))
    if rng.random() < .05: messages[-2]["name"] = rng.choice(("jon", "jón"))
    if rng.random() < .05: messages[-2]["content"] = [{"type": "text", "text": text_of(rng, often)}, {"type": "image_url", "image_url": {"url": rng.choice(("https://x.is/a.png", "x"))}}]
    raw = json.dumps({"messages": messages}, ensure_ascii=rng.random() < .5, separators=rng.choice(((",", ":"), None)))
    if rng.random() < .2:
        plain, escaped = rng.choice(ESCAPES)
        raw = raw.replace(plain, escaped)
    if rng.random() < .02: raw = raw.replace(": ", ":\r ", 1)
    return raw.encode() + rng.choice((b"", b"", b"", b" "))


def test_texts_that_mean_something():
    rng, clean, count = random.Random(31), 0, N_LINES // 2
    for part in blocks([line_of(rng) for _ in range(count)], rng): clean += len(part) - len(agree(part))
    assert count // 50 < clean < count * .9


def other_line_of(rng) -> bytes:
    "A preference or a reinforcement example, sound or nearly so."
    often = rng.choice((.05, .05, 1))
    turns = [{"role": rng.choice(("developer", "system", "developer")), "content": text_of(rng, often)}] * (rng.random() < .4)
    for _ in range(rng.choice((0, 0, 1, 2))): turns += [{"role": "user", "content": text_of(rng, often)}, {"role": "assistant", "content": text_of(rng, often)}]
    turns += [{"role": "user", "content": text_of(rng, often)}] * (rng.random() < .95)
    if rng.random() < .1 and turns: rng.choice(turns)[rng.choice(("weight", "name", "id"))] = rng.choice((0, 1, "x"))
    if rng.random() < .5:
        answers = [{"role": "assistant", "content": rng.choice(("Yes.", text_of(rng, often), "x" * 60 + " the"))} for _ in range(2)]
        turns = [each for each in turns if each["role"] != "developer"]
        value = {"input": {"messages": turns}, "preferred_output": [answers[0]], "non_preferred_output": answers[1:] * rng.choice((1, 1, 1, 1, 2, 0))}
        if rng.random() < .1: value["input"]["tools"] = rng.choice(([], [{"type": "function", "function": {"name": "f"}}]))
    else:
        value = {"messages": turns, rng.choice(("answer", "answer", "answer", "the answer", "functions", "images", "chosen")): rng.choice(("4", 4, {"a": [1, "b"]}, "", None, [], {}, True, text_of(rng, often)))}
        if rng.random() < .1: value["tools"] = rng.choice(([], [{"type": "function", "function": {"name": "f"}}]))
    if rng.random() < .05: value[rng.choice(("weight", "id", "parallel_tool_calls"))] = 1
    raw = json.dumps(value, ensure_ascii=rng.random() < .5).encode()
    if rng.random() < .1:
        key = rng.choice((b'"content": ', b'"answer": ', b'"input": ', b'"a": '))
        raw = raw.replace(key, key + b'"twice", ' + key, 1)
    return raw


def test_other_formats():
    rng, clean, count = random.Random(33), 0, N_LINES // 5
    for part in blocks([other_line_of(rng) for _ in range(count)], rng): clean += len(part) - len(agree(part))
    assert count // 20 < clean < count * .9


@needs_shared
def test_real_files():
    for path in sorted([*CHATS, *SHARED.glob("bad/*.jsonl")]): agree([line for line in path.read_bytes().split(b"\n") if line.strip()][:60])
    agree([path.read_bytes().replace(b"\n", b" ") for path in sorted(SHARED.glob("json_parsing/*.json"))])


GOOD = b'{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]}'


@pytest.mark.parametrize("odd", [
    b'{"messages": [{"role": "user", "content": "Hi", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]}', # a key twice
    b'{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": null, "content": null}]}',
    b'{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!", "weight": 1, "weight": 1}]}',
    b'{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!", "weight": 0}]}',
    b'{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": null, "tool_calls": []}]}', # as many quotation marks as a text
    b'{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}], "parallel_tool_calls": true}',
    b'{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}], "tools": []}',
    b'{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}], "tools": ["}', # goes on with the next one
    b'{"messages": [{"role": "user", "content": "' + b"word " * 60_000 + b'"}, {"role": "assistant", "content": "Hello!"}]}',
    GOOD + GOOD, GOOD + b" " + GOOD, b"{}", b"", b"{", b"}", GOOD[1:], GOOD[:-1], b" " + GOOD, GOOD + b"\r", b"\xef\xbb\xbf" + GOOD, GOOD.replace(b"Hi", b"\0"),
    GOOD.replace(b"Hi", b"\\u0022"), GOOD.replace(b"Hi", b'\\\\\\"'), GOOD.replace(b"Hi", b"\\\\"), GOOD.replace(b"Hello!", b"```"), GOOD.replace(b"Hello!", b"x" * 60 + b" the")])
def test_one_odd_line_among_good_ones(odd):
    for lines in ([odd], [GOOD, odd], [odd, GOOD], [GOOD, odd, GOOD, odd], [GOOD] * 40 + [odd] + [GOOD] * 40): agree(lines)


CALL, RESULT = ('{"id": "%s", "type": "function", "function": {"name": "f", "arguments": "{}"}}', '{"role": "tool", "content": "%s", "tool_call_id": "%s"}')
TOOLS = '"tools": [{"type": "function", "function": {"name": "f"}}]'


def calling(*calls: str, said: str = "null", results: list[str], last: str = '{"role": "assistant", "content": "Done."}') -> bytes:
    asked = f'{{"role": "assistant", "content": {said}, "tool_calls": [{", ".join(CALL % each for each in calls)}]}}'
    messages = ['{"role": "user", "content": "Hi"}', asked, *(RESULT % ("ok", each) for each in results), last]
    return f'{{"messages": [{", ".join(filter(None, messages))}], {TOOLS}}}'.encode()


@pytest.mark.parametrize("odd", [
    calling("a", results=["a"]), calling("a", "b", results=["b", "a"]), calling("a", results=["a"], said='""'), calling("a", results=["a"], said='" "'),
    calling("a", results=[], last=""), calling("a", "b", results=[], last=""), calling("a", results=["a"], last=""), # nobody has to answer the last calls
    calling("a", results=[]), calling("a", "b", results=["a"]), calling("a", results=["a", "a"]), calling("a", results=["a", "b"]), calling("a", "b", results=["a", "a"]),
    calling("a", results=["b"]), calling("a", "a", results=["a"]), calling("", results=[""]), calling(results=[]), calling(results=["a"]), calling(results=[], last=""),
    calling("a", results=["a"], last='{"role": "assistant", "content": null}'), calling("a", results=["a"], last='{"role": "user", "content": "Hi"}'),
    calling("a", results=["a"]).replace(b'"ok"', b'""'), calling("a", results=["a"]).replace(b'"content": null, ', b""),
    calling("a", results=["a"]).replace(b"null", b'[{"type": "text", "text": "Hm"}]'), calling("a", results=["a"]).replace(TOOLS.encode(), b'"tools": []')])
def test_one_line_that_calls_among_good_ones(odd):
    for lines in ([odd], [GOOD, odd], [odd, GOOD, odd], [GOOD, odd, GOOD.replace(b"Hello!", b" ")]): agree(lines)


def test_two_odd_lines_do_not_make_up_for_each_other():
    less = b'{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": null}]}'
    more = b'{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!", "weight": 1, "weight": 1}]}'
    twice = b'{"messages": [{"role": "user", "content": "Hi", "role": "user"}, {"role": "assistant", "content": "Hello!"}]}'
    for lines in ([less, more], [less, less, twice], [GOOD + GOOD, b'{"messages"', b": []}"], [b'{"messages": [], "tools": ["}', b'{"]}', GOOD + GOOD]): agree(lines)


def test_one_line_alone_and_in_a_block_are_the_same():
    rng = random.Random(32)
    for raw in (line_of(rng) for _ in range(N_LINES // 20)): assert explain_line(raw, 3, read_chat(raw)) == agree([raw]).get(0, [])


@settings(max_examples=300)
@given(st.lists(st.text(st.sampled_from('a"\\n'), max_size=8), max_size=4))
def test_delimiters_of_a_block_are_those_of_its_lines(texts):
    lines = [json.dumps({"a": text}).encode() for text in texts] + [text.encode() for text in texts]
    assert block_of(lines).delimiters == sum(map(delimiters, lines))
    assert sum(map(delimiters, lines[:len(texts)])) == 4 * len(texts)


TYPES = st.sampled_from(["string", "number", "integer", "boolean", "null", "object", "array", "date", 5])
VALUES = st.recursive(st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([1.0, .5, "a", "b"]),
                      lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2), max_leaves=6)
SCHEMAS = st.recursive(st.fixed_dictionaries({}, optional={"type": TYPES | st.lists(TYPES, max_size=2), "enum": st.lists(VALUES, max_size=3) | st.none()}),
                       lambda inner: st.fixed_dictionaries({}, optional={"type": TYPES | st.lists(TYPES, max_size=2), "properties": st.dictionaries(st.sampled_from("ab"), inner | st.none(), max_size=2),
                                                                         "required": st.lists(st.sampled_from(["a", "b", 1]), max_size=2), "items": inner | st.booleans(), "additionalProperties": st.booleans()}), max_leaves=4)


@settings(max_examples=600)
@given(SCHEMAS, VALUES)
def test_a_schema_as_a_test_says_what_its_breaches_say(schema, value): assert fitting(schema)(value) == (not any(True for _ in breaches(value, schema)))
