"The counter gives tiktoken's own counts, whatever counts them, and says so loudly when it must change its tokenizer."
import json
import os
import random
import sys
import threading
import warnings

import numpy as np
import pytest
from shared_data import CHATS, needs_shared

from ftbench.core import DataError
from ftbench.data.count import accelerator as accelerator_module
from ftbench.data.count import counter as module
from ftbench.data.chat import calls_of, messages_of, parts_of, tools_of
from ftbench.data.count.accelerator import awkward_texts
from ftbench.data.count.chats import chat_tokens, texts_to_count
from ftbench.data.count.counter import ENCODINGS, Counter, counter, encoding, encoding_for
from ftbench.data.count.tokens import tokens_of
from ftbench.data.messages import messages_in
from ftbench.data.typed import read_chat



@pytest.fixture
def fresh(monkeypatch):
    "The module as if no counter had been made yet."
    monkeypatch.setattr(module, "_counters", {})
    monkeypatch.setattr(module, "_distrusted", False)


class Pretended:
    "An accelerator whose tokens come from a function; those of many texts at once from another, if there is one."

    def __init__(self, encode, encode_many): self.ids, self.many = encode, encode_many

    def all_ids(self, texts): return list(map(self.many, texts))

    def lengths(self, texts): return np.array(list(map(len, self.all_ids(texts))), np.int64)


def pretend(monkeypatch, encode, encode_many=None):
    "Let `encode` pass for gigatoken's encoder."
    monkeypatch.setattr(module, "accelerator", lambda name: Pretended(encode, encode_many or encode))


def count_chats(chats):
    "The tokens of each chat, and those that are trained, as a pass counts them."
    messages = messages_in(chats)
    asked = texts_to_count(messages)
    return list(zip(*(found.tolist() for found in chat_tokens(messages, counter(), asked, counter().lengths(asked.texts)))))


def count_chat(chat): return count_chats([chat])[0]


def lines(path):
    return [line for line in path.read_bytes().splitlines() if line.strip()]


@needs_shared
@pytest.mark.parametrize("name", ENCODINGS)
def test_every_text_of_the_real_files_is_counted_as_tiktoken_does(name):
    known, right = counter(name), encoding(name).encode_ordinary
    texts = {text for path in CHATS for line in lines(path) for message in messages_of(json.loads(line))
             for text in (*parts_of(message), *(call.arguments for call in calls_of(message)))}
    assert len(texts) > 3000
    assert [text for text in sorted(texts)[::3] if list(known.ids(text)) != right(text)] == []


@pytest.mark.parametrize("name", ENCODINGS)
def test_random_texts_are_counted_as_tiktoken_does(name):
    known, right, rng = counter(name), encoding(name).encode_ordinary, random.Random(7)
    pools = [[chr(c) for c in range(32, 127)], [chr(c) for c in range(0x20, 0x2fff)], [chr(rng.randrange(0xE000, 0x110000)) for _ in range(999)],
             list(" \n\t\r\u00a0\u2028\u3000'sSdmtllveRE"), ["'s", "'LL", " ", "\n", "A", "b", "é", "__", "//\n", "<|endoftext|>", "1", "🙂"]]
    for _ in range(3000):
        text = "".join(rng.choices(rng.choice(pools), k=rng.randrange(60)))
        assert list(known.ids(text)) == right(text), text


@needs_shared
@pytest.mark.parametrize("path", CHATS, ids=lambda path: path.stem)
def test_a_typed_chat_is_counted_as_the_example_it_is(path):
    for line in lines(path):
        chat, example = read_chat(line), json.loads(line)
        if chat is None: continue
        tokens = tokens_of(example)
        assert count_chat(chat) == (tokens.billed, tokens.trained)
        assert tokens.tools == counter().count_tools(tools_of(example))


@pytest.mark.parametrize("message", [
    {"role": "assistant", "content": None, "refusal": "No, I cannot."}, {"role": "assistant", "content": "Yes.", "weight": 0},
    {"role": "assistant", "content": [{"type": "text", "text": "in"}, {"type": "text", "text": "parts"}], "name": "bot"},
    {"role": "tool", "content": "12 °C", "tool_call_id": "call_1"}, {"role": "system", "content": ""}, {"role": "user", "content": "x", "name": "Ada"},
    {"role": "assistant", "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}], "weight": 1},
])
def test_a_typed_message_is_counted_as_the_dictionary_it_was(message):
    example = {"messages": [{"role": "user", "content": "Hi"}, message, {"role": "assistant", "content": "Bye"}]}
    chat, tokens = read_chat(json.dumps(example).encode()), tokens_of(example)
    assert chat is not None and count_chat(chat) == (tokens.total, tokens.trained)


def test_many_threads_count_alike():
    texts = [f"Number {number}: " + "some words, " * (number % 17) for number in range(400)]
    wanted, found = [len(encoding().encode_ordinary(text)) for text in texts], []
    threads = [threading.Thread(target=lambda: found.append([counter().count(text) for text in texts])) for _ in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    assert found == [wanted] * 4


MARK = accelerator_module._MARK_TEXT


@pytest.mark.parametrize("text", ["a lone surrogate \ud800", MARK, f"{MARK}{MARK} twice", f"cut {MARK[:-1]}", f"{MARK[1:]} cut", ""])
def test_texts_that_the_accelerator_cannot_take_are_counted_all_the_same(text):
    right = len(encoding().encode_ordinary(text))
    assert counter().count(text) == len(counter().ids(text)) == right
    assert counter().lengths(["before", text, text, "behind"]).tolist() == [1, right, right, len(encoding().encode_ordinary("behind"))]


@pytest.mark.parametrize("name", ENCODINGS)
def test_many_texts_at_once_are_counted_as_one_by_one(name):
    known, rng = counter(name), random.Random(3)
    texts = [*awkward_texts(), "", "", "a " * 100_000, "", "🙂" * 5_000, *("x" * rng.randrange(40) for _ in range(200)), ""]
    assert known.lengths(texts).tolist() == [len(encoding(name).encode_ordinary(text)) for text in texts]
    assert known.lengths([]).tolist() == [] and known.lengths([""]).tolist() == [0]


def test_threads_count_many_texts_at_once_beside_single_ones():
    known, texts, wrong = counter(), awkward_texts() * 5, []
    right = [known.count(text) for text in texts]

    def many(part):
        for _ in range(10):
            if known.lengths(texts[:part]).tolist() != right[:part]: wrong.append(part)
    threads = [threading.Thread(target=many, args=(part,)) for part in (1, 350, 1000)]
    for thread in threads: thread.start()
    singly = [known.count(text) for text in texts]
    for thread in threads: thread.join()
    assert not wrong and singly == right


def test_a_difference_only_of_many_texts_at_once_is_found_at_the_start_and_later(fresh, monkeypatch):
    right = encoding().encode_ordinary
    pretend(monkeypatch, right, lambda text: right(text)[:-1] if "日" in text else right(text))
    with pytest.warns(UserWarning, match="日本語のテスト"): assert counter().tokenizer == "tiktoken"
    monkeypatch.setattr(module, "_counters", {})
    monkeypatch.setattr(module, "_distrusted", False)
    pretend(monkeypatch, right, lambda text: right(text) + [0] if "needle" in text else right(text))
    monkeypatch.setattr(module, "_CHECKED", 10)
    known, texts = counter(), ["hay"] * 15 + ["needle"] * 15
    assert known.tokenizer == "gigatoken"
    with pytest.warns(UserWarning, match="'needle'"): found = known.lengths(texts)
    assert found.tolist() == [len(right(text)) for text in texts] and known.tokenizer == "tiktoken"
    monkeypatch.setattr(module, "_counters", {})
    monkeypatch.setattr(module, "_distrusted", False)
    monkeypatch.setattr(module, "_loaded", set())
    assert counter().lengths(texts)[-1] == len(right("needle")) + 1, "nobody has looked yet"
    with pytest.warns(UserWarning, match="'needle'"): counter().cross_check()


def test_without_gigatoken_tiktoken_counts_and_nothing_is_said(fresh, monkeypatch):
    monkeypatch.setattr(accelerator_module.importlib.util, "find_spec", lambda name: None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert counter().tokenizer == "tiktoken" and counter().count("hello world") == 2


def test_a_gigatoken_that_cannot_be_imported_is_told(fresh, monkeypatch):
    monkeypatch.setattr(accelerator_module.importlib.util, "find_spec", lambda name: object())
    monkeypatch.setitem(sys.modules, "gigatoken", None)
    with pytest.warns(UserWarning, match=r"does not work .* pip install -U"): known = counter()
    assert known.tokenizer == "tiktoken" and known.count("hello world") == 2


def test_a_wrong_accelerator_fails_the_self_test_loudly(fresh, monkeypatch):
    right = encoding().encode_ordinary
    pretend(monkeypatch, lambda text: right(text)[:-1] if "日" in text else right(text))
    with pytest.warns(UserWarning, match="日本語のテスト.*count again") as said: known = counter()
    assert len(said) == 1 and known.tokenizer == "tiktoken" and known.count("日本") == len(right("日本"))


def test_a_later_difference_is_found_by_the_sample_and_ends_the_accelerator(fresh, monkeypatch):
    right = encoding().encode_ordinary
    pretend(monkeypatch, lambda text: right(text) + [0] if "needle" in text else right(text))
    monkeypatch.setattr(module, "_CHECKED", 10)
    known = counter()
    assert known.tokenizer == "gigatoken"
    with pytest.warns(UserWarning, match="'needle'") as said: counts = [known.count("needle") for _ in range(30)]
    assert len(said) == 1 and counts[0] == len(right("needle")) + 1, "one is wrong until the sample comes by"
    assert counts[-20:] == [len(right("needle"))] * 20 and known.tokenizer == "tiktoken"
    assert Counter("cl100k_base").tokenizer == "tiktoken", "nor is it trusted with another encoding"


def test_a_sample_is_compared_in_another_process_where_tiktoken_is_not_loaded(fresh, monkeypatch):
    right = encoding().encode_ordinary
    pretend(monkeypatch, lambda text: right(text) + [0] if "needle" in text else right(text))
    monkeypatch.setattr(module, "_CHECKED", 10)
    monkeypatch.setattr(module, "_loaded", set())
    known = counter()
    for _ in range(30): known.count("hay")
    known.cross_check()
    assert known.tokenizer == "gigatoken" and known._sampled == [], "nothing is wrong so far"
    for _ in range(30): known.count("needle")
    assert known.tokenizer == "gigatoken" and len(known._sampled) == 3, "nobody has looked yet"
    with pytest.warns(UserWarning, match="'needle'.*count again"): known.cross_check()
    assert known.tokenizer == "tiktoken" and known.count("needle") == len(right("needle"))


def test_counts_remembered_by_a_wrong_accelerator_are_forgotten(fresh, monkeypatch):
    right = encoding().encode_ordinary
    pretend(monkeypatch, lambda text: right(text) + [0] if "needle" in text else right(text))
    monkeypatch.setattr(module, "_CHECKED", 10_000)
    chat = read_chat(b'{"messages": [{"role": "system", "content": "needle"}, {"role": "assistant", "content": "x"}]}')
    wrong, _ = count_chat(chat)
    with pytest.warns(UserWarning): counter()._compared("needle", None)
    assert count_chat(chat)[0] == wrong - 1


def test_what_is_remembered_stays_bounded(fresh, monkeypatch):
    monkeypatch.setattr(module, "_RECALLED", 5)
    monkeypatch.setattr(module, "_REMEMBERED", 7)
    for number in range(40):
        count_chat(read_chat(b'{"messages": [{"role": "system", "content": "%d"}, {"role": "assistant", "content": "x"}]}' % number))
    assert len(counter()._known) <= 5
    monkeypatch.setattr(module, "_distrusted", True)
    counts = [counter().count(f"text {number} " * (number % 9)) for number in range(40)]
    assert counts == [len(encoding().encode_ordinary(f"text {number} " * (number % 9))) for number in range(40)]
    assert len(counter()._hashed) <= 7


def test_models_and_their_encodings():
    assert encoding_for("gpt-4o") == encoding_for("ft:gpt-4.1-nano-2025-04-14:org::id") == "o200k_base"
    assert encoding_for("gpt-4") == "cl100k_base"
    with pytest.raises(DataError, match="Name an encoding"): encoding_for("nano")


def test_a_users_own_cache_folder_wins(tmp_path, monkeypatch):
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    asked = []
    monkeypatch.setattr("tiktoken.get_encoding", lambda name: asked.append((name, os.environ["TIKTOKEN_CACHE_DIR"])))
    encoding.__wrapped__("o200k_base")
    assert asked == [("o200k_base", str(tmp_path))] and os.environ["TIKTOKEN_CACHE_DIR"] == str(tmp_path)


def test_tiktokens_setting_is_left_as_it_was(monkeypatch):
    monkeypatch.delenv("TIKTOKEN_CACHE_DIR", raising=False)
    encoding.__wrapped__("cl100k_base")
    assert "TIKTOKEN_CACHE_DIR" not in os.environ


def test_a_vocabulary_that_cannot_be_had_is_explained(monkeypatch):
    def refuse(name): raise OSError("no network")
    monkeypatch.setattr("tiktoken.get_encoding", refuse)
    with pytest.raises(DataError, match="Unset TIKTOKEN_CACHE_DIR"): encoding.__wrapped__("p50k_base")
