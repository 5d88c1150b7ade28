"""Conversion loses nothing it does not name: every real file into every format and back, made-up conversations, broken examples.

FTBENCH_CONVERT_LINES (5,000) sets how many lines the memory test converts, FTBENCH_CONVERT_EXAMPLES (40) how many examples of each file go there and back.
"""
import gc
import json
import os
import random
import tracemalloc
from contextlib import suppress

import pytest
from shared_data import SHARED, needs_shared
from test_formats import files, values

import ftbench
from ftbench.checks.rules import check_line
from ftbench.core import DataError
from ftbench.data.format.convert import TARGETS, convert
from ftbench.data.format.readers import read_example
from ftbench.data.spelling import encode_line
from ftbench.data.format.writers import as_chat, kind_of


def same(value):
    "A value without differences that mean nothing: a weight that is left out, one text as a part, an empty part, arguments spelled otherwise."
    if isinstance(value, list): return [same(each) for each in value]
    if not isinstance(value, dict): return value
    value = {key: same(each) for key, each in value.items()}
    if "role" in value:
        if value.get("weight") == (value["role"] == "assistant"): del value["weight"]
        content = value.get("content")
        if isinstance(content, list): content = value["content"] = [part for part in content if part != {"type": "text", "text": ""}]
        if isinstance(content, list) and len(content) == 1 and content[0].keys() == {"type", "text"}: value["content"] = content[0]["text"]
        if value.get("content") in (None, "", []): value.pop("content", None)
    if isinstance(value.get("arguments"), str):
        with suppress(ValueError): value["arguments"] = json.loads(value["arguments"]) # else compared as the text they are
    return value


def answered(example: dict) -> dict:
    "A question with its reference answer is the same as a chat with that answer."
    try: return as_chat(example, []) if kind_of(example) == "rft" else example
    except DataError: return example


def there_and_back(example: dict, to: str) -> tuple[dict, dict, list] | None:
    "The example, what came back, and what was lost; None if the format cannot say it."
    before, lost = json.dumps(example), []
    try: written = TARGETS[to](example, lost)
    except DataError: return None
    assert json.dumps(example) == before, "a writer changed its input"
    back = read_example(json.loads(encode_line(written)), [])
    assert len(back) == 1
    return same(answered(example)), same(answered(back[0])), [note for note in lost if not note[1].startswith("kept")]


def texts(value) -> list[str]:
    "All that a person wrote or read in an example: texts, thoughts, arguments."
    if isinstance(value, list): return [text for each in value for text in texts(each)]
    if not isinstance(value, dict): return []
    own = [value[key].strip() for key in ("text", "content", "reasoning_content", "reference_answer") if isinstance(value.get(key), str)]
    return own + [text for each in value.values() for text in texts(each)]


# files with examples that a format carries without any loss, of 36
CARRIED = {"openai": 32, "sft-chat": 26, "dpo": 3, "rft": 16, "together": 29, "hf": 36, "axolotl": 36, "loss-weights": 36, "sharegpt": 35,
           "alpaca": 29, "prompt-completion": 25}
EXAMPLES = int(os.environ.get("FTBENCH_CONVERT_EXAMPLES", 40)) # of each file


@needs_shared
@pytest.mark.parametrize("to", TARGETS)
def test_every_file_there_and_back(to):
    whole = {}
    for path in files():
        for example in (example for value in values(path)[:EXAMPLES] for example in read_example(value, [], "all")):
            tried = there_and_back(example, to)
            if tried is None: continue
            gone, came, lost = tried
            if not lost:
                assert came == gone, f"{path.name} changed in {to}"
                whole[path.name] = whole.get(path.name, 0) + 1
            elif "non_preferred_output" not in dict(lost):
                written = json.dumps(came, ensure_ascii=False)
                missing = [text for text in texts(example) if json.dumps(text, ensure_ascii=False)[1:-1] not in written]
                assert not missing or "reasoning_content" in dict(lost), f"{path.name} in {to} misses {missing[:1]}"
    assert len(whole) >= CARRIED[to]


@needs_shared
def test_llamafactory_calls_become_the_chats_somebody_else_made_of_them():
    made = convert(SHARED / "other_formats" / "llamafactory_glaive_toolcall_en_demo.json", "openai")
    known = values(SHARED / "chat" / "glaive_tool_chat_derived.jsonl")
    strip = lambda value: json.loads(json.dumps(same(value)).replace("call_0_", "call_")) # noqa: E731
    def without_ids(example):
        for message in example["messages"]:
            message.pop("tool_call_id", None)
            for call in message.get("tool_calls", []): call.pop("id")
        return example
    assert [without_ids(strip(each)) for each in made.examples] == [without_ids(strip(each)) for each in known] and not made.lost


@needs_shared
@pytest.mark.parametrize("name, codes", [
    ("llamafactory_alpaca_en_demo.json", set()), ("fastchat_dummy_conversation.json", set()), ("azure_legacy_prompt_completion.jsonl", set()),
    ("llamafactory_glaive_toolcall_en_demo.json", {"argument_type", "arguments_schema"}), ("oasst_en_100_tree.jsonl", set())])
def test_openai_accepts_what_is_written_for_it(name, codes):
    found = {finding.code for example in convert(SHARED / "other_formats" / name, "openai", paths="all").examples
             for finding in check_line(encode_line(example)) if finding.severity == "error"}
    assert found <= codes


class Inventor:
    "Makes up conversations with everything that is awkward to write down elsewhere."

    def __init__(self, seed: int): self.random = random.Random(seed)

    def maybe(self, key: str, *choices, chance: float = .2) -> dict:
        return {key: self.random.choice(choices)} if self.random.random() < chance else {}

    def text(self) -> str:
        return self.random.choice(["", "Hi", "<image>", "<think>\nno\n</think>\n\nyes", "two\nlines", "þýðing ✓", '{"name": "f"}', " ", "a", "a <video> b"])

    def content(self):
        if self.random.random() < .7: return self.text()
        parts = [{"type": "text", "text": self.text()}, {"type": "image_url", "image_url": {"url": "https://x.is/a.png"}},
                 {"type": "image_url", "image_url": {"url": "b.png", "detail": "low"}}, {"type": "video_url", "video_url": {"url": "c.mp4"}},
                 {"type": "refusal", "refusal": "no"}, {"type": "odd"}, {"type": "text", "text": "kept", "train": False}]
        return self.random.choices(parts, [8, 4, 1, 1, 1, 1, 1], k=self.random.randint(1, 3))

    def rest(self) -> dict:
        return self.maybe("weight", 0, 1, .5, True) | self.maybe("name", "Ann", chance=.1) \
            | self.maybe("train_detail", [{"begin_offset": 0, "end_offset": 1, "train": True}], chance=.05)

    def asked(self) -> dict: return {"role": self.random.choice(["system", "developer", "user", "user"]), "content": self.content()} | self.rest()

    def said(self) -> dict:
        calls = [{"id": self.random.choice(["call_1", "call_2", "x", ""]), "type": "function", "function": {"name": "f", "arguments": self.random.choice(
            ['{"a": 1}', "{}", "not json", "[1]", '{"a": 1, "a": 2}', '{"b": 1e999}', '{"c":"þ"}'])}} for _ in range(self.random.randint(1, 2))]
        return {"role": "assistant", "content": self.content()} | self.rest() | self.maybe("reasoning_content", "Hm.", "a\n\nb") | self.maybe("tool_calls", calls)

    def tool(self) -> dict: return {"role": "tool", "content": self.text()} | self.maybe("tool_call_id", "call_1", "x", chance=.5)

    def messages(self, *kinds) -> list[dict]: return [self.random.choice(kinds)() for _ in range(self.random.randint(1, 5))]

    def example(self) -> dict:
        tools = self.maybe("tools", [{"type": "function", "function": {"name": "f", "parameters": {}}}])
        beside = self.maybe("id", 7) | self.maybe("input", "old", chance=.05) | self.maybe("images", ["d.png"], chance=.05)
        if self.random.random() < .7:
            return {"messages": self.messages(self.asked, self.said, self.said, self.tool)} | tools | beside | self.maybe("system", "Be kind.", chance=.1)
        answers = ([self.said() for _ in range(self.random.choice([1, 1, 1, 2]))] for _ in range(2))
        given = {"messages": [{"role": "user", "content": "So?"}, *self.messages(self.asked, self.said)]} | tools
        return {"input": given} | dict(zip(("preferred_output", "non_preferred_output"), answers)) | self.maybe("score", 1)


@pytest.mark.parametrize("to", TARGETS)
def test_made_up_conversations_there_and_back(to):
    inventor, whole = Inventor(7), 0
    for number in range(500):
        try: example, = read_example(inventor.example(), [])
        except DataError: continue
        tried = there_and_back(example, to)
        if tried and not tried[2]:
            assert tried[1] == tried[0], f"example {number} changed in {to}"
            whole += 1
    assert whole


JUNK = [None, 3, True, "", [], {}, "x", [None], {"a": 1}, [[1]], -1.5, {"type": "text"}, ["x", {}], {"role": "user"}]


def broken(value, random):
    "The value with something wrong somewhere in it."
    if not isinstance(value, dict | list) or not value: return random.choice(JUNK)
    keys, chance = list(value) if isinstance(value, dict) else list(range(len(value))), random.random()
    key, copy = random.choice(keys), value.copy()
    if chance < .1: del copy[key]
    else: copy[key] = random.choice(JUNK) if chance < .3 else broken(value[key], random)
    return copy


@needs_shared
def test_broken_examples_are_left_out_with_a_reason():
    source, changed = [value for path in files() for value in values(path)[:4] if len(json.dumps(value)) < 4000], random.Random(3)
    for _ in range(1500):
        value = broken(broken(changed.choice(source), changed), changed)
        if not isinstance(value, dict): continue
        try: examples = read_example(value, [], "all")
        except DataError: continue
        for write in TARGETS.values():
            for example in examples:
                lost = []
                try: encode_line(write(example, lost))
                except DataError: continue
                assert all(isinstance(word, str) for note in lost for word in note)


def test_what_is_lost_is_said():
    chat = {"id": 1, "messages": [{"role": "user", "content": "Hi", "name": "Ann"}, {"role": "assistant", "content": "Hello", "weight": .5}]}
    said = {to: {loss.what for loss in convert([chat], to).lost} for to in ("openai", "together", "axolotl", "hf", "alpaca", "prompt-completion", "loss-weights")}
    assert said == {"openai": {"id", "weight"}, "together": {"id", "weight"}, "axolotl": {"weight"}, "hf": {"weight"}, "alpaca": {"name", "weight"},
                    "prompt-completion": {"weight"}, "loss-weights": set()}


def test_what_a_call_says_besides_is_not_dropped_silently():
    call = {"id": "x", "type": "function", "index": 0, "function": {"name": "f", "arguments": '{"a": 1}', "strict": True}}
    chat = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "tool_calls": [call]}]}
    for to in ("openai", "together", "sharegpt", "loss-weights"): assert {loss.what for loss in convert([chat], to).lost} == {"index", "strict"}
    for to in ("hf", "axolotl"): assert not convert([chat], to).lost and read_example(convert([chat], to).examples[0], []) == [chat]


def test_weights_of_other_tools():
    value = {"conversations": [{"from": "human", "value": "Hi", "train": True}, {"from": "gpt", "value": "Hello", "train": False},
                               {"from": "human", "value": "Bye"}, {"from": "gpt", "value": "Bye", "train_detail": [{"begin_offset": 0, "end_offset": 2, "train": True}]}]}
    example, = read_example(value, [])
    assert [message.get("weight") for message in example["messages"]] == [1, 0, None, None] and "train_detail" in example["messages"][3]
    lost = convert([value], "openai").lost
    assert [message.get("weight") for message in convert([value], "openai").examples[0]["messages"]] == [None, 0, None, None]
    assert {loss.what for loss in lost} == {"weight", "train_detail"}
    half = {"messages": [{"role": "assistant", "content": [{"type": "text", "value": "Hm"}], "loss_weight": .25}]}
    assert convert([half], "loss-weights").examples[0]["messages"][0]["loss_weight"] == .25


def test_trees_train_a_shared_answer_once():
    deep = {"role": "prompter", "text": "And?", "replies": [{"role": "assistant", "text": name, "replies": []} for name in "ab"]}
    tree = {"prompt": {"role": "prompter", "text": "So?", "replies": [{"role": "assistant", "text": "Yes", "replies": [deep]}]}}
    first, second = convert([tree], "openai", paths="all").examples
    assert [message.get("weight", 1) for message in second["messages"] if message["role"] == "assistant"] == [0, 1]
    assert "weight" not in str(first) and convert([tree], "openai").written == 1


@pytest.mark.parametrize("value", [
    {"prompt": "So?", "chosen": "Yes", "rejected": "No"},
    {"prompt": [{"role": "user", "content": "So?"}], "chosen": [{"role": "assistant", "content": "Yes"}], "rejected": [{"role": "assistant", "content": "No"}]},
    {"prompt": "So?", "chosen": [{"role": "user", "content": "So?"}, {"role": "assistant", "content": "Yes"}],
     "rejected": [{"role": "user", "content": "So?"}, {"role": "assistant", "content": "No"}]},
    {"chosen": [{"role": "user", "content": "So?"}, {"role": "assistant", "content": "Yes"}],
     "rejected": [{"role": "user", "content": "So?"}, {"role": "assistant", "content": "No"}]},
    {"instruction": "So?", "chosen": "Yes", "rejected": "No"},
    {"messages": [{"role": "user", "content": "So?"}], "chosen": {"role": "assistant", "content": "Yes"}, "rejected": {"role": "assistant", "content": "No"}}])
def test_pairs_in_every_spelling(value):
    assert convert([value], "dpo").examples == [{"input": {"messages": [{"role": "user", "content": "So?"}]},
                                                 "preferred_output": [{"role": "assistant", "content": "Yes"}],
                                                 "non_preferred_output": [{"role": "assistant", "content": "No"}]}]


def test_files(tmp_path):
    source, target = tmp_path / "mails.jsonl", tmp_path / "out.json"
    source.write_text('{"instruction": "Hi", "output": "Hello"}\n\n{broken\n{"text": "x"}\n')
    done = ftbench.convert(source, "sharegpt", target)
    assert json.loads(target.read_text()) == [{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}]
    assert (done.written, done.left_out) == (1, 2) and done.lost[0].why.startswith("left out: The line cannot be read: ") and "left out" in repr(done)
    assert ftbench.convert(target, "alpaca").examples == [{"instruction": "Hi", "input": "", "output": "Hello"}]
    with pytest.raises(DataError, match="source itself"): convert(source, "hf", source)
    with pytest.raises(DataError, match="None of the 3 examples"): convert(source, "dpo", target)
    assert json.loads(target.read_text()), "a failed conversion leaves the old file"
    with pytest.raises(DataError, match="Did you mean 'sharegpt'"): convert(source, "share-gpt")


def test_a_data_set_with_unsaved_edits(tmp_path):
    source = tmp_path / "train.jsonl"
    source.write_text('{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n')
    data = ftbench.open(source)
    data.append({"messages": [{"role": "user", "content": "Bye"}, {"role": "assistant", "content": "Bye"}]})
    assert convert(data, "alpaca").written == 2 and convert(data.examples(), "alpaca").written == 2
    data.close()


def test_memory_stays_where_it_is(tmp_path):
    lines = int(os.environ.get("FTBENCH_CONVERT_LINES", 5_000))
    values = ({"id": number, "conversations": [{"from": "human", "value": f"Number {number}?"}, {"from": "gpt", "value": "Yes. " * 20}]} for number in range(lines))
    convert(({"instruction": "Hi", "output": "Hello"} for _ in range(9)), "openai", tmp_path / "warm.jsonl")
    gc.collect()
    tracemalloc.start()
    try:
        done = convert(values, "openai", tmp_path / "out.jsonl")
        peak = tracemalloc.get_traced_memory()[1]
    finally: tracemalloc.stop()
    assert done.written == len(done.lost) == lines and done.lost[-1] == (lines - 1, "id", done.lost[0].why)
    assert peak < 1_000_000 + 16 * lines, f"{peak:,} bytes for {lines:,} lines of {(tmp_path / 'out.jsonl').stat().st_size:,} bytes"
