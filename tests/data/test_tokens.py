"Token counts against tiktoken's own and the figures of public notebooks."
import json

import pytest
from shared_data import SHARED, needs_shared

from ftbench.data.chat import calls_of, messages_of, parts_of
from ftbench.data.count.counter import encoding
from ftbench.data.count.tokens import TokenTable, billed_tokens, count_example, count_text, tokens_of

REFERENCE = json.loads((SHARED / "figures/token_reference.json").read_text()) if SHARED.is_dir() else {"strings": [], "files": {}}
ENCODINGS = ("cl100k_base", "o200k_base")


def examples(name):
    return [json.loads(line) for line in (SHARED / "chat" / name).open(encoding="utf-8") if line.strip()]


@needs_shared
def test_cookbook_toy_file_is_billed_4306_tokens():
    counts = [count_example(example, "cl100k_base") for example in examples("cookbook_toy_chat.jsonl")]
    assert billed_tokens(counts, limit=4096) == 4306
    assert (min(counts), max(counts)) == (26, 8032)


@needs_shared
def test_drone_messages_are_9830_tokens():
    assert sum(count_example(example, "cl100k_base") for example in examples("cookbook_drone_tools.jsonl")) == 9830


@needs_shared
@pytest.mark.parametrize("name", ENCODINGS)
def test_every_reference_string(name):
    for case in REFERENCE["strings"]:
        assert encoding(name).encode_ordinary(case["text"]) == case[name]
        assert count_text(case["text"], name) == len(case[name])


@needs_shared
@pytest.mark.parametrize("name", ENCODINGS)
@pytest.mark.parametrize("file", REFERENCE["files"])
def test_every_reference_file(file, name):
    wanted, rows = REFERENCE["files"][file][name], examples(file)
    roles, calls = {}, 0
    for message in (message for row in rows for message in messages_of(row)):
        counted = sum(count_text(text, name) for text in parts_of(message))
        roles[message["role"]] = roles.get(message["role"], 0) + counted
        calls += sum(count_text(call.name, name) + count_text(call.arguments, name) for call in calls_of(message))
    assert len(rows) == REFERENCE["files"][file]["examples"]
    assert roles == wanted["content_tokens_by_role"]
    assert calls == wanted["tool_call_name_plus_arguments_tokens"]
    if wanted["notebook_formula_total"] is not None:
        assert sum(count_example(row, name) for row in rows) == wanted["notebook_formula_total"]


def test_text_tiktoken_cannot_encode_is_counted():
    assert count_text("a lone surrogate \ud800") > 0 and count_text("\ud800" * 100) > 0


@pytest.mark.parametrize("message", [{}, {"role": 7, "content": {"a": 1}}, {"content": [1, None, {"type": "image_url"}]},
                                     {"tool_calls": [{"function": 3}, None]}, {"tool_calls": "x", "weight": "0"}])
def test_malformed_messages_are_counted_without_a_crash(message):
    assert tokens_of({"messages": [message]}).total >= 6


TOOL = {"type": "function", "function": {"name": "reset", "parameters": {"type": "object", "properties": {}}}}


def test_tool_definitions_stand_apart():
    plain = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}
    bare, tooled = tokens_of(plain), tokens_of({**plain, "tools": [TOOL]})
    assert tooled[:3] == bare[:3] and bare.tools == 0 and bare.billed == bare.total
    assert tooled.tools > 0 and tooled.billed == tooled.total + tooled.tools and tooled.share < bare.share
    table = TokenTable([bare, tooled], "o200k_base")
    assert (table.total, table.tools) == (bare.total + tooled.total, tooled.tools)
    assert "tool definitions add about" in repr(table) and "tool definitions" not in repr(TokenTable([bare], "o200k_base"))
    assert list(table.to_pandas()["tools_estimate"]) == [0, tooled.tools]
