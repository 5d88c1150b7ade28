"A search that passes over most of a large file finds what a plain reading finds: in every spelling, after edits, and when opened again."
import json
import random
import re
import string
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mails import line_with, spelled

from ftbench.data.dataset import open_dataset
from ftbench.data.edit.edits import DeleteExample, InsertExample, SetContent
from ftbench.data.file.lines import Lines
from ftbench.data.table import signature
from ftbench.data.table.prefilter import Prefilter, Text, required_texts
from ftbench.data.table.query_terms import Document
from ftbench.data.table.signature import Signature

WORDS = ["strasse", "Straße", "ſtraße", "ﬁre", "Kelvin", "ŉight", "привет", "ПРИВЕТ", "日本語のとても長い文章です", "İstanbul", "ırmak", "a/b", 'say "so"', "tab\there",
         "🙂", "ǰump", "ẞ", "µ", "refund", "Refunds", "re", "x7y", "photo-synthesis", "e\u0301", "AbCdEfGh" * 12, "\nThe"]


@pytest.fixture(scope="module", autouse=True)
def small_blocks():
    "A block for each line, and few words."
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("_BLOCK", 1), ("_SAMPLE", 4), ("_MOST", 30)): patch.setattr(signature, name, value)
        yield


def signed(path, lines):
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    found = Signature(Lines(path))
    for _ in found.build(): pass
    return found


def lines_near(found, groups):
    near = found.near(groups)
    return None if near is None else near(np.arange(len(found._lines.starts) - 1))


TEXTS = st.lists(st.lists(st.sampled_from([*WORDS, " ", "x"]), min_size=1, max_size=4).map("".join), min_size=1, max_size=8)


@settings(max_examples=100)
@given(TEXTS, st.randoms(use_true_random=False), st.integers(0, 9), st.integers(3, 12))
def test_no_line_that_holds_the_text_is_passed_over(tmp_path_factory, texts, rng, start, length):
    lines = [line_with(spelled(text, rng, plain=9)).encode() for text in texts]
    found = signed(tmp_path_factory.getbasetemp() / "mails.jsonl", lines)
    needle = rng.choice(texts).casefold()[start:start + length] or "x"
    holding = [needle in Document(line).folded for line in lines]
    near = lines_near(found, [[Prefilter(needle)]])
    assert near is None or all(near >= holding)
    pattern = re.compile(re.escape(rng.choice(texts)[start:start + length] or "x") + rng.choice(["", "?", r"\w*", "|x", "(s|e)?"]), re.IGNORECASE)
    holding = [pattern.search(Document(line).text) is not None for line in lines]
    filters = [Prefilter(text) for text in required_texts(pattern)]
    near = lines_near(found, [filters] if filters else [])
    assert near is None or all(near >= holding)
    block, ends = b"".join(lines), [len(b"".join(lines[:at])) for at in range(1, len(lines) + 1)]
    if filters: assert {row for row, there in enumerate(holding) if there} <= {row for each in filters for row in each.rows(Text(block), ends)}
    found._lines.close()


def test_every_character_is_found_by_its_small_letters_and_by_expressions(tmp_path, monkeypatch):
    monkeypatch.setattr(signature, "_MOST", 10_000)
    folding = [char for char in map(chr, range(0x80, sys.maxunicode + 1)) if char.casefold() != char or char in "ıİ"]
    texts = [f"xab{char}cdy" for char in folding]
    lines = [line.encode() for text in texts for line in (json.dumps({"text": text}), json.dumps({"text": text}, ensure_ascii=False))]
    found = signed(tmp_path / "mails.jsonl", lines)
    assert found._open.mean() < .1
    for number, char in enumerate(folding):
        near = lines_near(found, [[Prefilter(f"ab{char.casefold()}cd")]])
        assert near is None or near[2 * number:2 * number + 2].all(), char
    for letter in string.ascii_lowercase:
        pattern = re.compile(f"ab{letter}cd", re.IGNORECASE)
        near = lines_near(found, [[Prefilter(text) for text in required_texts(pattern)]])
        for number, text in enumerate(texts):
            if pattern.search(text): assert near[2 * number:2 * number + 2].all(), (letter, text)
    found._lines.close()


@settings(max_examples=500)
@given(st.lists(st.sampled_from(["abc", "refund", "x", r"\d", r"\w+", ".", "?", "*", "+", "{2,3}", "{x}", "(", ")", "(?:", "|", "[a-z]", "[^]x]", "[]]", r"\.", r"\\", "^", "$", " ", r"\b", "é"]),
                max_size=8).map("".join), st.lists(st.sampled_from(["abc", "refund", "x", "7", ".", "ab", " ", "]", "\\", "é", "REFUN", "{x}"]), max_size=6).map("".join))
def test_a_match_has_one_of_the_texts_an_expression_needs(pattern, text):
    try: pattern = re.compile(pattern, re.IGNORECASE)
    except re.error: return
    needed = required_texts(pattern)
    if needed and (match := pattern.search(text)): assert any(each in match[0].lower() for each in needed)


def test_searches_are_those_of_a_plain_reading(tmp_path, monkeypatch):
    rng, path = random.Random(5), tmp_path / "mails.jsonl"
    monkeypatch.setattr(signature, "_LARGE", 1)
    def text(): return " ".join(rng.choices(WORDS, k=rng.randint(1, 3)))
    path.write_text("".join(line_with(spelled(text(), rng, plain=9)) + "\n" * rng.randint(1, 2) for _ in range(300)))
    ds = open_dataset(path)
    queries = [json.dumps(word.strip(), ensure_ascii=False) for word in WORDS if '"' not in word] + ["/refunds?/", "/str.+e/", "/synth|fund/", "/i.tan/", "role:user:refund", "-refund", "refund or strasse", "refund turns:1"]
    def plain(query):
        ds.signatures.stop()
        ds._searched, ds.signatures = (None, None), signature.Signatures()
        return ds.find(query)
    def everywhere():
        wanted = [plain(query) for query in queries]
        ds.signatures.follow(ds._shown.lines)
        ds.signatures.wait()
        assert ds.signatures.of(ds._shown.lines)
        for query, right in zip(queries, wanted):
            ds._searched = None, None
            assert ds.find(query) == right, query
    ds.columns.wait()
    everywhere()
    ds.apply(SetContent(3, 0, "a refund"), DeleteExample(0), InsertExample(7, {"messages": [{"role": "user", "content": "Straße"}]}))
    assert 2 in ds.find("refund") and 7 in ds.find("strasse")
    everywhere()
    ds.save()
    everywhere()
    ds.close()
    again = open_dataset(path)
    monkeypatch.setattr(Signature, "build", None) # what was kept is taken up
    again.columns.wait()
    again.signatures.wait()
    assert again.signatures.of(again._shown.lines) and 7 in again.find("strasse")
    again.close()


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]\n", b'{"version": 1}\n'])
def test_a_damaged_file_of_words_is_made_again(tmp_path, monkeypatch, damage):
    monkeypatch.setattr(signature, "_LARGE", 1)
    path = tmp_path / "mails.jsonl"
    path.write_bytes(b'{"messages": [{"role": "user", "content": "refund"}]}\n' * 9)
    kept = signature._kept_at(path)
    kept.parent.mkdir(exist_ok=True)
    kept.write_bytes(damage)
    lines, found = Lines(path), signature.Signatures()
    found.follow(lines)
    found.wait()
    assert found.of(lines).blocks == 9 and len(kept.read_bytes()) > 100
    lines.close()


def test_a_file_that_is_let_go_ends_the_making(tmp_path, monkeypatch):
    monkeypatch.setattr(signature, "_LARGE", 1)
    path = tmp_path / "mails.jsonl"
    path.write_bytes(b"".join(b'{"messages": [{"role": "user", "content": "refund %d"}]}\n' % number for number in range(20000)))
    for _ in range(5):
        lines, found = Lines(path), signature.Signatures()
        found.follow(lines)
        lines.close()
        found.stop()
        assert found.of(lines) is None and not signature._kept_at(path).exists()


def test_several_words_are_looked_for_only_where_all_of_them_stand(tmp_path):
    rng, path = random.Random(5), tmp_path / "mails.jsonl"
    lines = [json.dumps({"messages": [{"role": "user", "content": " ".join(rng.choices(["bell", "whistle", "Straße", "refund", "no"], k=2))}]}, ensure_ascii=False) for _ in range(400)]
    found = signed(path, [line.encode() for line in lines])
    near = lines_near(found, [[Prefilter("bell")], [Prefilter("whistle"), Prefilter("refund")]])
    assert near.tolist() == ["bell" in line and ("whistle" in line or "refund" in line) for line in lines]
    found._lines.close()
    dataset = open_dataset(path)
    for query, wanted in (("bell whistle", lambda text: "bell" in text and "whistle" in text), ("bell (whistle or strasse)", lambda text: "bell" in text and ("whistle" in text or "stra" in text)),
                          ("bell -whistle", lambda text: "bell" in text and "whistle" not in text), ("/be.l/ refund", lambda text: "bell" in text and "refund" in text)):
        assert dataset.find(query) == [number for number, line in enumerate(lines) if wanted(json.loads(line)["messages"][0]["content"].casefold())], query
    dataset.close()
