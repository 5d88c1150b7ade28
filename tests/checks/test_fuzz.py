"""Broken lines of every kind: no exception, the same answer twice, and one answer of the fast and the full path.

FTBENCH_FUZZ_LINES sets how many lines are tried (8,000; 200,000 for a release).
"""
import json
import os
import random
import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shared_data import CHATS

from ftbench.checks.findings import RULES, sort_findings
from ftbench.checks.json_rules import read_line
from ftbench.checks.line_pass import MOST_FINDINGS
from ftbench.checks.repairs import apply_repair, repair_line, to_line
from ftbench.checks.report import check_file
from ftbench.checks.rules import check_chat, check_line, check_value

N_LINES = int(os.environ.get("FTBENCH_FUZZ_LINES", "8000"))
SEEDS = [
    b'{"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello", "weight": 0}, '
    b'{"role": "user", "content": "Again"}, {"role": "assistant", "content": "Hello", "weight": 1}]}',
    b'{"messages": [{"role": "user", "content": [{"type": "text", "text": "\xc3\xa6"}]}, {"role": "assistant", "tool_calls": [{"id": "a", "type": "function", '
    b'"function": {"name": "f", "arguments": "{\\"x\\": 1}"}}]}, {"role": "tool", "tool_call_id": "a", "content": "2"}, {"role": "assistant", "content": "2"}], '
    b'"tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {"x": {"type": "integer"}}}}}]}',
]
SPICE = [b"\0", b"\xff", b"\xed\xa0\x80", b"\\ud800", b"NaN", b"-", b"1e999", b"9" * 400, b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"null", b"true",
         b"0.5", b'"weight"', b'"role"', b'"content"', b'"messages"', b"\xe2\x80\xa8", b"\r", b"\x1b", b"<|endoftext|>", b"'", b"\xef\xbb\xbf"]


def seeds() -> list[bytes]:
    short = [line for path in CHATS for line in path.read_bytes().splitlines() if len(line) < 4000]
    return SEEDS + random.Random(1).sample(short, min(300, len(short)))


def mutated(random: random.Random, pool: list[bytes]) -> bytes:
    line = bytearray(random.choice(pool))
    for _ in range(random.choice((1, 1, 1, 2, 5, 20))):
        at = random.randrange(len(line) + 1)
        kind = random.randrange(6)
        if kind == 0: del line[at:at + random.choice((1, 1, 5, 50))]
        elif kind == 1: line[at:at] = random.choice(SPICE)
        elif kind == 2: line[at:at + 1] = bytes([random.randrange(256)])
        elif kind == 3: line[at:at] = line[random.randrange(len(line) + 1):][:random.randrange(60)]
        elif kind == 4: line[at:at + len(spice)] = (spice := random.choice(SPICE))
        else: line = bytearray(_mutated_value(bytes(line), random))
    return bytes(line).replace(b"\n", b" ")


def _mutated_value(line: bytes, random: random.Random) -> bytes:
    "Put a value where another stood: such lines stay JSON."
    try: value = json.loads(line)
    except (ValueError, RecursionError): return line
    holders, stack = [], [value]
    while stack:
        each = stack.pop()
        if isinstance(each, dict | list) and each:
            holders.append(each)
            stack += each.values() if isinstance(each, dict) else each
    if not holders: return line
    holder = random.choice(holders)
    key = random.choice(list(holder)) if isinstance(holder, dict) else random.randrange(len(holder))
    holder[key] = random.choice([None, True, 0, 1, 1.0, .5, -1, "", " ", "user", "assistant", "tool", [], {}, [[]], [None], {"a": 1}, "<|im_end|>", 10**30])
    return json.dumps(value, ensure_ascii=random.random() < .5).encode("utf-8", "surrogatepass")


def verdict(raw: bytes) -> list:
    findings = check_line(raw, 3)
    for each in findings:
        assert each.line == 3 and each.text
        json.dumps(each.to_json(), ensure_ascii=False).encode()
    return findings


def in_full(raw: bytes) -> list:
    "What the rules say without the fast path."
    value, findings = read_line(raw, 3)
    return sort_findings(findings if value is None else findings + check_value(value, 3))


def test_mutated_lines():
    rng, pool, clean = random.Random(20), seeds(), 0
    for _ in range(N_LINES):
        raw = mutated(rng, pool)
        findings = verdict(raw)
        assert findings == verdict(raw) == in_full(raw), raw
        clean += not findings
    assert clean > N_LINES // 100


def test_places_in_a_file(tmp_path):
    rng, pool, path = random.Random(23), seeds(), tmp_path / "broken.jsonl"
    lines = [mutated(rng, pool) if rng.random() < .5 else rng.choice(pool) for _ in range(N_LINES // 20)]
    lines = [line for line in lines if line.strip(b" \t\r") and not line.endswith(b"\r")] # how lines end is test_report's
    path.write_bytes(b"\n".join(lines))
    expected = {}
    for number, line in enumerate(lines, 1):
        if found := check_line(line, number): expected[number] = found
    found = [each for each in check_file(path).findings if each.line and each.code in RULES and RULES[each.code].scope != "file"]
    kept = {code for code, count in Counter(each.code for each in found).items() if count < MOST_FINDINGS}
    for number, findings in expected.items():
        wanted = [each for each in findings if each.code in kept and not each.code.startswith("format_")]
        assert wanted == [each for each in found if each.line == number and each.code in kept]
    assert {each.line for each in found} <= expected.keys()


def test_reports_are_the_same_in_every_process(tmp_path):
    rng, pool, path = random.Random(24), seeds(), tmp_path / "broken.jsonl"
    path.write_bytes(b"\n".join(mutated(rng, pool) for _ in range(300)))
    code = "import sys, json; from ftbench.checks.report import check_file; print(json.dumps(check_file(sys.argv[1]).to_json()))"
    said = [subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}).stdout
            for seed in ("1", "2")]
    assert said[0] == said[1] and len(said[0]) > 10_000


def test_repairs_of_mutated_lines_mend():
    rng, pool, mended = random.Random(21), seeds(), 0
    for _ in range(N_LINES // 10):
        raw = mutated(rng, pool)
        for each in verdict(raw):
            if each.repair is None: continue
            after = [found for line in repair_line(raw, each.repair).split(b"\n") if line for found in check_line(line, 3)]
            assert (each.code, each.path) not in [(found.code, found.path) for found in after] or each.code == "json_duplicate_key", (raw, each)
            mended += 1
    assert mended > 100


@settings(max_examples=400)
@given(st.binary(max_size=200))
def test_any_bytes(raw): verdict(raw)


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
                    | st.sampled_from(["user", "assistant", "tool", "function", "text", "image_url", "{}"]),
                    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(
                        ["messages", "role", "content", "weight", "tools", "tool_calls", "function", "name", "arguments", "type", "text", "id",
                         "tool_call_id", "parameters", "properties", "required", "image_url", "url", "function_call", "functions", "x"]), inner, max_size=6),
                    max_leaves=15)


@settings(max_examples=250)
@given(st.dictionaries(st.sampled_from(["messages", "tools", "functions", "parallel_tool_calls", "weight", "x"]), JSON, max_size=4),
       st.lists(st.dictionaries(st.sampled_from(["role", "content", "weight", "name", "tool_calls", "tool_call_id", "function_call"]), JSON), max_size=4))
def test_any_value(value, messages):
    for example in (value, value | {"messages": messages}):
        for each in check_chat(example, 1):
            if each.repair: to_line(apply_repair(example, each.repair))
        verdict(to_line(example))


@pytest.mark.parametrize("raw", [
    b"[" * 10_000, b'{"a":' * 10_000, b'{"messages": ' + b"[" * 90 + b"]" * 90 + b"}",
    b'{"messages": [' + b",".join([b'{"role": "tool", "tool_call_id": "a", "content": "b"}'] * 20_000) + b"]}",
    b'{"messages": [' + b",".join([b'{"role": "assistant", "content": "b"}'] * 20_000) + b"]}",
    b'{"a": 1' + b', "a": 1' * 20_000 + b"}", b"9" * 1_000_000, b'"' + b"\\u0041" * 200_000 + b'"', b'{"a": [1,],' * 50_000, b"'" * 100_000,
    b'{"messages": [{"role": "user", "content": "' + b"a" * 20_000_000 + b'"}]}', b"{}" * 100_000, b"\0" * 1_000_000])
def test_hostile_lines_end(raw):
    "Each of these would take minutes or gigabytes where a rule is quadratic."
    assert verdict(raw)
