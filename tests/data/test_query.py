"The query language against a plain reading of it: grammar, every qualifier, texts in every spelling, and edits in between."
import json
import math
import random
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mails import line_with, spelled, talk

from ftbench.core import DataError
from ftbench.data.dataset import open_dataset
from ftbench.data.edit.edits import DeleteExample, InsertExample, ReplaceExample, SetContent, SetWeight
from ftbench.data.table.prefilter import Prefilter, Text
from ftbench.data.table.query import NUMBERS, QUALIFIERS, parse_query, terms_as_written
from ftbench.data.table.query_terms import Document
from ftbench.data.table.search import block_of


CALL = {"messages": [{"role": "user", "content": "Weather?"}, {"role": "assistant", "tool_calls": [
    {"id": "c1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city": "Köln"}'}}]},
    {"role": "tool", "tool_call_id": "c1", "content": "rain"}, {"role": "assistant", "content": "Take an umbrella."}],
    "tools": [{"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}]}
DPO = {"input": {"messages": [{"role": "user", "content": "Umbrella or hat?"}]},
       "preferred_output": [{"role": "assistant", "content": "Hat"}], "non_preferred_output": [{"role": "assistant", "content": "Neither"}]}


@pytest.fixture
def ds(tmp_path):
    lines = [talk("Refund, please", "Refunded (twice)."), talk("Straßenrad?", weight=0), CALL, talk("the or of things", weight=0.5), DPO, '{"messages": [cut']
    path = tmp_path / "mails.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    dataset = open_dataset(path)
    yield dataset
    dataset.close()


@pytest.mark.parametrize("query, found", [
    ("", [0, 1, 2, 3, 4, 5]), ("REFUND", [0]), ("refund please", [0]), ('"refund please"', []), ('"refund, pl"', [0]), ("strassenrad", [1]), ("STRASSE", [1]),
    ("umbrella", [2, 4]), ("neither", [4]), ("assistant", []), ("köln", [2]), ("get_weather", [2]), ("cut", [5]), ('"(twice)"', [0]), ("-umbrella", [0, 1, 3, 5]),
    ('"or"', [3, 4]), ("refund or rain", [0, 2]), ("(refund or rain) role:tool", [2]), ("-(refund or rain)", [1, 3, 4, 5]), ("refund or role:tool rain", [0, 2]),
    (r"/refund(ed)?\b/", [0]), (r"/^refund/", [0]), (r"-/./", []), ("role:tool", [2]), ("-role:user", [5]), ("role:user:umbrella", [4]),
    ('role:assistant:"an umbrella"', [2]), ("role:tool:umbrella", []), ("finding:json_nan or finding:error", [1, 3, 5]), ("findings:weight-value", [3]),
    ("finding:none", [0, 2, 4]), ("-finding:any", [0, 2, 4]), ("turns:2", [0, 1, 3]), ("turns:>2", [2]), ("turns:..1", [4, 5]), ("turns:<=2 turns:>=2", [0, 1, 3]),
    ("tools:>0", [2]), ("tools:1", [2]), ("tool:get_weather", [2]), ("tool:get", []), ("weight:0", [1]), ("weight:1", [0, 2]), ("weight:0.5", [3]), ("weight:.25", []),
    ("trained:0 turns:2", [1]), ("trained:>0 -role:tool", [0, 3]), ("trained:0%..100%", [0, 1, 2, 3, 5]), ("format:dpo", [4]), ("format:none", [5]), ("-format:sft-chat", [4, 5]),
    ("line:2..3", [1, 2]), ("line:<2", [0]), ("#3", [2]), ("-#3 line:..3", [0, 1]), ("#0 or #7", []), ("edited:no", [0, 1, 2, 3, 4, 5]), ("edited:yes", []),
    ("errors:>0 or tokens:0", [1, 3, 5]), ("tokens:>999999", []), ("duplicate:any", []), ("duplicate:none", [0, 1, 2, 3, 4, 5]), ("tag:x", []), ("decision:none", [0, 1, 2, 3, 4, 5]),
    ("sort:line turns:2", [0, 1, 3]), ("turns:2 sort:-line", [3, 1, 0]), ("sort:turns", [5, 4, 0, 1, 3, 2]), ("umbrella sort:-turns", [2, 4]), ("http://example.org", []),
    ("role:Tool", [2]), ("duplicates:none decision:None", [0, 1, 2, 3, 4, 5]), ("tokens:<1,000", [0, 1, 2, 3, 4, 5]), ('"AND"', []), ("turns=", []), ("tool:get-weather", []), ("/usr/bin", []), ('"role=tool"', []),
])
def test_what_a_query_finds(ds, query, found):
    assert list(ds.find(query)) == found == list(ds.select(query).numbers) == [row.index for row in ds.page(0, 99, query)]


def test_every_qualifier_is_in_the_table_of_the_lesson():
    text = (Path(__file__).parents[2] / "nbs" / "data" / "table" / "04_query.ipynb").read_text(encoding="utf-8")
    assert [name for name in QUALIFIERS if f"{name}:" not in text] == []


def test_reviews_and_edits_are_found_at_once(ds):
    ds.review.decide([0, 2], "keep")
    ds.review.tag([2], "weather")
    ds.review.note([3], "Unclear wording")
    assert ds.find("decision:keep") == [0, 2] and ds.find("tag:weather") == [2] and ds.find("note:unclear") == [3] and ds.find("decision:keep -tag:weather") == [0]
    ds.apply(SetContent(1, 0, "A refund for the bell"))
    assert ds.find("refund") == [0, 1] and ds.find("edited:yes") == [1] and ds.find("strassenrad") == []
    ds.apply(DeleteExample(0), InsertExample(2, talk("Refund me too")))
    assert ds.find("refund") == [0, 2] and ds.find("edited:yes") == [0, 2] and ds.find("decision:keep") == [1]
    ds.save()
    assert ds.find("refund") == [0, 2] and ds.find("edited:yes") == []


@pytest.mark.parametrize("wrong, place, remedy", [
    ("bell tokn:>5", "At 6", "tokens:"), ("role:asistant", "At 1", "role:assistant"), ("tokens:many", "At 1", "tokens:100"), ("turns:1..x", "At 1", "turns:"),
    ("tokens:>1..3", "At 1", "tokens:"), ("weight:heavy", "At 1", "weight:0"), ("decision:later", "At 1", "keep"), ("a (b", "At 3", "quotation marks"), ("a )", "At 3", "quotation marks"),
    ("()", "At 1", "quotation marks"), ("or a", "At 1", "quotation marks"), ("a or", "At 3", "quotation marks"), ("/(/", "At 1", "quotation marks"), ("sort:size", "At 1", "tokens"),
    ("sort:tokens sort:turns", "At 13", "once"), ("(sort:tokens)", "At 2", "once"), ("-sort:tokens", "At 1", "once"), ("tag:", "At 1", "quotation marks"),
    ("format:jsonl", "At 1", "sft-chat"), ("(" * 60 + "a" + ")" * 60, "At 51", "quotation marks"), ("edited:maybe", "At 1", "yes"), ("finding:", "At 1", "quotation marks"),
    ("a tokens>5", "At 3", "tokens:>5"), ("role=tool", "At 1", "role:tool"), ("a AND b", "At 3", "stand together"), ("NOT a", "At 1", "minus"), ("a | b", "At 3", "Put or between"),
    ("- a", "At 1", "-word"), ("/refund/i", "At 1", "Write /refund/,"), ("#1..5", "At 1", "line:1..5"), ("user:refund", "At 1", "role:user:refund"), ("format:sft", "At 1", "format:sft-chat"),
    ("findings:errors", "At 1", "finding:error"), ("finding:json", "At 1", "finding:json_"), ("trained:<50", "At 1", "trained:<50%"), ("tokens:500..100", "At 1", "tokens:100..500"),
    ("sort:", "At 1", "without a space"), ("tokens: >5", "At 1", "without a space"),
])
def test_a_mistake_names_its_place_and_the_right_word(wrong, place, remedy):
    with pytest.raises(DataError) as error: parse_query(wrong)
    assert error.value.message.startswith(f"{place} of the query, ") and remedy in error.value.remedy


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=30), st.lists(st.sampled_from(
    [*(f"{name}:" for name in QUALIFIERS), "(", ")", "-", "or", '"', "/", ">5", "3..8", "keep", " ", "a", "#1", ".."]), max_size=12).map("".join)))
def test_anything_is_understood_or_refused_with_a_remedy(query):
    try: parse_query(query)
    except DataError as error: assert error.remedy and error.message.startswith("At ")
    else: terms_as_written(query)


@pytest.mark.parametrize("name", [name for name in NUMBERS if name != "trained"])
def test_ranges(name):
    def ends(words): return parse_query(f"{name}:{words}").node.value
    assert ends("5") == ends("=5") == ends("5..5") == (5, 5) and ends("..5") == ends("<=5") == (-math.inf, 5) and ends("5..") == ends(">=5") == (5, math.inf)
    assert ends(">5")[0] > 5 and ends("<5")[1] < 5 and ends(">5")[0] == pytest.approx(5) and ends("50%") == (.5, .5)


def test_a_share_is_a_part_or_a_percentage():
    assert parse_query("trained:<50%").node == parse_query("trained:<0.5").node and parse_query("trained:.2..1").node.value == (.2, 1)


# texts in every spelling

WORDS = ["strasse", "Straße", "STRASSE", "ſtraße", "ﬁre", "Kelvin", "KELVIN", "ŉight", "привет", "ПРИВЕТ", "Ünïcödé", "日本語", "İstanbul", "a/b", 'say "so"', "tab\there", "🙂", "𐐀𐐨", "ǰump", "ẞ", "ﬀ", "µ", "ς"]


@settings(max_examples=200)
@given(st.lists(st.lists(st.sampled_from([*WORDS, " ", "x"]), min_size=1, max_size=4).map("".join), min_size=1, max_size=6), st.randoms(use_true_random=False), st.integers(0, 9), st.integers(1, 9))
def test_no_line_that_holds_the_text_is_passed_over(texts, rng, start, length):
    lines = [line_with(spelled(text, rng, plain=3)).encode() for text in texts]
    needle = rng.choice(texts).casefold()[start:start + length] or "x"
    holding = {row for row, line in enumerate(lines) if needle in Document(line).folded}
    prefilter, block = Prefilter(needle), block_of(lines)
    assert not prefilter.length or holding <= prefilter.rows(Text(block.data), block.ends)


def test_every_character_is_found_by_its_small_letters():
    folding, looked = [char for char in map(chr, range(0x80, sys.maxunicode + 1)) if char.casefold() != char], 0
    for char in folding:
        needle = f"ab{char.casefold()}cd"
        for spelling in (char, spelled(char, random.Random(3), plain=3)):
            raw = line_with(f"ab{spelling}cd").encode()
            prefilter = Prefilter(needle)
            if needle not in Document(raw).folded or not prefilter.length: continue # a part of several characters: every line is read
            assert prefilter.rows(Text(raw), [len(raw)]) == {0}, (char, line)
            looked += 1
    assert looked > 2000


# put together

@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_and_or_not_are_those_of_sets(tmp_path_factory, seed):
    rng, path = random.Random(seed), tmp_path_factory.mktemp("sets") / "mails.jsonl"
    words = ["bell", "wheel", "refund"]
    def example(): return talk(" ".join(rng.choices(words, k=rng.randint(0, 2))) + "?", **({"weight": rng.choice([0, 1])} if rng.random() < .5 else {}))
    path.write_text("".join(json.dumps(example()) + "\n" * rng.randint(1, 2) for _ in range(12)))
    ds = open_dataset(path)
    for _ in range(rng.randint(0, 3)):
        ds.apply(rng.choice([DeleteExample(3), InsertExample(rng.randint(0, len(ds)), example()), ReplaceExample(2, example()), SetWeight(1, 1, 0)]))
    everything = set(range(len(ds)))
    def found(query): return set(ds.find(query))
    for one in [*words, "weight:0", "tokens:>13", "#4", "edited:yes"]:
        assert found(f"-{one}") == everything - found(one)
        for other in [*words, "trained:>0", "finding:error", "line:..7"]:
            assert found(f"{one} {other}") == found(one) & found(other) and found(f"{one} or {other}") == found(one) | found(other)
            assert found(f"-({one} or {other})") == everything - found(one) - found(other) and found(f"-({one} {other})") == everything - (found(one) & found(other))
    texts = {index: json.dumps(ds[index].value).casefold() for index in range(len(ds))}
    assert all(found(word) == {index for index, text in texts.items() if word in text} for word in words)
    tokens = ds.columns.tokens
    assert list(ds.find("sort:-tokens")) == sorted(everything, key=lambda index: (-int(tokens[index]), index))
    ds.close()


def test_losses_of_a_job_filter_and_sort(ds):
    with pytest.raises(DataError, match="No losses are known"): ds.find("loss:>1")

    class Told: # what `ftbench.data.table.losses.Losses` says
        def column(self, dataset): return np.array([.5, np.nan, 3.] + [np.nan] * (len(dataset) - 3), np.float32)
    ds.losses = Told()
    assert ds.find("loss:>1") == [2] and ds.find("sort:-loss")[:3] == [2, 0, 1] and ds.find("sort:loss")[:3] == [0, 2, 1]
