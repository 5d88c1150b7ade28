"The typed reader against plain JSON: what it takes is what stands there, and no key stands there twice."
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET, to_builtins
from shared_data import SHARED, needs_shared

from ftbench.data.typed import read_chat

texts = st.text(st.sampled_from('ab "\\/\n\t{}[]:,é🙂'), max_size=6)
contents = st.one_of(texts, st.lists(texts.map(lambda text: {"type": "text", "text": text}), max_size=2))
calls = st.lists(st.builds(lambda name, arguments: {"id": "c1", "type": "function", "function": {"name": name, "arguments": arguments}}, st.sampled_from(["f", "get"]), texts), max_size=2)
messages = st.one_of(
    st.fixed_dictionaries({"role": st.sampled_from(["system", "user"]), "content": contents}, optional={"name": st.sampled_from(["x", "y"])}),
    st.fixed_dictionaries({"role": st.just("assistant")}, optional={"content": st.none() | contents, "weight": st.sampled_from([0, 1, .5]), "tool_calls": calls, "refusal": st.none() | texts}),
    st.fixed_dictionaries({"role": st.just("tool"), "content": contents, "tool_call_id": st.just("c1")}))
chats = st.fixed_dictionaries({"messages": st.lists(messages, max_size=4)}, optional={
    "tools": st.just([{"type": "function", "function": {"name": "f", "description": 'say "so"'}}]), "parallel_tool_calls": st.booleans()})


def plain(chat):
    "A typed chat as the JSON it was read from."
    value = to_builtins(chat) if chat.tools is UNSET else {**to_builtins(type(chat)(chat.messages, UNSET, chat.parallel_tool_calls)), "tools": json.loads(bytes(chat.tools))}
    return value


@settings(max_examples=300)
@given(chats, st.booleans(), st.sampled_from([None, (",", ":")]))
def test_a_chat_is_read_as_it_stands(chat, ascii, separators):
    raw = json.dumps(chat, ensure_ascii=ascii, separators=separators).encode()
    found = read_chat(raw)
    assert found is not None and plain(found) == chat
    assert read_chat(raw + b"\r\n") is not None and read_chat(raw + b"x") is None and read_chat(raw[:-1]) is None and read_chat(b"\xef\xbb\xbf" + raw) is None


def pairs_twice(raw):
    "Does any object hold a key twice, tool definitions aside?"
    twice = []

    def note(pairs):
        keys = [key for key, _ in pairs]
        twice.extend(key for key in keys if keys.count(key) > 1)
        return dict(pairs)
    json.loads(raw, object_pairs_hook=note)
    return bool(twice)


@settings(max_examples=300)
@given(chats.filter(lambda chat: any(chat["messages"])), st.randoms(use_true_random=False))
def test_a_key_that_stands_twice_is_seen(chat, rng):
    message = rng.choice(chat["messages"])
    key = rng.choice(list(message))
    other = json.dumps(rng.choice([message[key], message[key], "user" if key == "role" else message[key]]))
    marker = "\x7f\x7f"
    message[marker] = None
    raw = json.dumps(chat).replace(f'"{json.dumps(marker)[1:-1]}": null', f"{json.dumps(key)}: {other}").replace(f'"{marker}": null', f"{json.dumps(key)}: {other}")
    assert pairs_twice(raw)
    found = read_chat(raw.encode())
    # only a chat with a message that says nothing at all may pass; the rules stop it for that
    assert found is None or any(getattr(each, "content", None) in (None, UNSET) and not getattr(each, "tool_calls", None) and not getattr(each, "refusal", None)
                                or each.content == [] for each in found.messages)


@needs_shared
@pytest.mark.parametrize("path", sorted([*SHARED.glob("bad/*.jsonl"), *SHARED.glob("json_parsing/*.json"), *SHARED.glob("chat/*.jsonl")]), ids=lambda path: path.name)
def test_nothing_is_taken_that_json_would_not_read_the_same(path):
    for raw in path.read_bytes().split(b"\n")[:200]:
        found = read_chat(raw)
        if found is not None: assert plain(found) == json.loads(raw)
    rng = random.Random(path.name)
    for raw in path.read_bytes().split(b"\n")[:20]: # and with a byte changed
        for _ in range(20 * bool(raw)):
            at = rng.randrange(len(raw))
            damaged = raw[:at] + bytes([rng.randrange(256)]) + raw[at + 1:]
            found = read_chat(damaged)
            if found is not None: assert plain(found) == json.loads(damaged)


@pytest.mark.parametrize("tools", [b'["\xff"]', b'["\\q"]', b'["a\nb"]', b"[" * 5000 + b"]" * 5000, b'[""'])
def test_tools_that_are_no_json_are_not_taken(tools):
    "They are left undecoded, so that the decoder alone would pass over what is wrong in them."
    for message in (b'{"role": "assistant", "content": "a"}', b'{"role": "assistant"}'):
        assert read_chat(b'{"messages": [' + message + b'], "tools": ' + tools + b"}") is None
