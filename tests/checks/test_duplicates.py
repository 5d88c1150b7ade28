"""Duplicates, leakage and contradictions of data sets: kinds, numbers, views, unsaved edits, and how they look."""
import json
import random
from collections import Counter

import pytest

from ftbench.checks.duplicates import contradictions, duplicates, leakage
from ftbench.core import DataError
from ftbench.data.edit.edits import DeleteExample, ReplaceExample, SetContent

VOCABULARY = [f"{a}{b}{c}" for a in "bdgklmnprst" for b in "aeiou" for c in ("n", "r", "st", "ck", "x", "da", "le")]


def chat(question: str, answer: str, *before: dict) -> dict:
    return {"messages": [*before, {"role": "user", "content": question}, {"role": "assistant", "content": answer}]}


def fresh(seed: int, count: int = 1) -> list[dict]:
    rng = random.Random(seed)
    return [chat(" ".join(rng.choices(VOCABULARY, k=25)), " ".join(rng.choices(VOCABULARY, k=25))) for _ in range(count)]


def nearly(value: dict, word: str = "indeed") -> dict:
    question, answer = (message["content"] for message in value["messages"][-2:])
    return chat(question, f"{answer} {word}")


def test_kinds_of_duplicates(opened):
    one, two, three = fresh(1, 3)
    question, answer = three["messages"]
    ds = opened([one, two, "{broken", three, json.dumps(one, separators=(" ,", ":")), {"messages": [{"content": m["content"], "role": m["role"]} for m in one["messages"]]},
                 chat(question["content"].upper(), answer["content"] + "!"), {"messages": [{"role": "system", "content": "Be kind."}, question, answer]},
                 nearly(two), "", "{broken"])
    found = duplicates(ds)
    assert found.clusters == [[0, 4, 5], [1, 8], [3, 6, 7]]
    assert [[twin.kind for twin in twins] for twins in found.twins] == [["exact", "exact"], ["near"], ["same words", "same words"]]
    assert found.numbers == [4, 5, 6, 7, 8] and found.twins[1][0].other == 1 and .95 < found.twins[1][0].similarity < 1
    assert found.summary() == "train.jsonl: 5 of 10 examples are like an earlier one (2 exact, 2 same words, 1 near), in 3 clusters"
    frame = found.to_pandas()
    assert list(frame.columns) == ["cluster", "example", "line", "kind", "similarity", "words"] and len(frame) == 8
    assert frame.line[4] == 9 and frame.kind[0] == "first"


def test_dropping_keeps_one_of_each_and_is_one_step(opened):
    values = fresh(2, 20)
    ds = opened(values + values[:5] + [nearly(value) for value in values[3:8]])
    preview = ds.duplicates().drop()
    assert preview.counts == {"examples": 10} and len(ds) == 30
    preview.apply()
    assert len(ds) == 20 and not ds.duplicates().clusters and [example.value for example in ds] == values
    ds.undo()
    assert len(ds) == 30 and len(ds.duplicates().numbers) == 10


def test_what_is_linked_only_through_others_is_not_dropped(opened):
    words = random.Random(3).sample(VOCABULARY, 60)
    chain = [chat(" ".join(words[:40]), " ".join(words[40:]))]
    for step in range(4): chain.append(chat(*(" ".join([*message["content"].split()[1:], f"new{step}{at}"]) for at, message in enumerate(chain[-1]["messages"]))))
    found = opened(chain).duplicates(threshold=.9)
    assert found.clusters == [[0, 1, 2, 3, 4]] and found.numbers == [1]


def test_unsaved_edits_count_and_nothing_stale_is_remembered(opened):
    values = fresh(4, 6)
    ds = opened(values)
    assert not ds.duplicates().clusters
    ds.apply(ReplaceExample(5, values[0]))
    assert ds.duplicates().clusters == [[0, 5]]
    ds.apply(SetContent(5, 0, "something else entirely"))
    assert not ds.duplicates().clusters
    ds.undo()
    ds.apply(DeleteExample(1))
    assert ds.duplicates().clusters == [[0, 4]] and ds.select("duplicate:any").numbers.tolist() == [0, 4]


def test_the_same_data_is_looked_through_once(opened, monkeypatch):
    import ftbench.data.alike.spoken as module
    looks, looked = [], module.sketch
    monkeypatch.setattr(module, "sketch", lambda *given: looks.append(1) or looked(*given))
    ds = opened(fresh(5, 10))
    for threshold in (.8, .8, .9): ds.duplicates(threshold)
    ds.contradictions(), ds.split(), ds.split(seed=8)
    assert len(looks) == 1
    ds.save()
    ds.duplicates()
    assert len(looks) == 1 # a save changes no example
    ds.apply(SetContent(3, 0, "something else entirely"))
    ds.contradictions(), ds.duplicates(), ds.split()
    assert len(looks) == 2


def test_the_order_of_the_lines_does_not_matter(opened):
    rng, values = random.Random(11), fresh(11, 300)
    values += [nearly(value, rng.choice(VOCABULARY)) for value in values[:150]] + values[100:200]
    values += [{**value, "messages": [{"role": "user", "content": [{"type": "text", "text": value["messages"][0]["content"]}]}, value["messages"][1]]} for value in values[:20]]
    seen = []
    for name in ("one.jsonl", "other.jsonl"):
        ds = opened(values, name)
        found, train = ds.duplicates(), ds.split().train
        seen.append((Counter(frozenset(Counter(ds[number].bytes for number in cluster).items()) for cluster in found.clusters),
                     Counter(example.bytes for example in train), sorted(twin.kind for twins in found.twins for twin in twins)))
        rng.shuffle(values)
    assert seen[0][:2] == seen[1][:2] and sum(seen[0][0].values()) == 200
    assert Counter(seen[0][2]) == {"near": 150, "exact": 100, "same words": 20} # the other kinds are told from another first one


def test_views_speak_of_the_numbers_of_the_data_set(opened):
    values = fresh(6, 12)
    ds = opened(values + [nearly(value) for value in values])
    view = ds.select("line:7..20")
    assert view.duplicates().clusters == [[6, 18], [7, 19]] and duplicates(view).numbers == [18, 19]
    train, test = ds.select("line:1..10"), ds.select("line:11..24")
    leak = train.leakage(test)
    assert leak.numbers == list(range(10)) and leak.leaked == list(range(12, 22))
    assert leak.to_pandas().other_line.tolist() == list(range(13, 23))
    leak.drop().apply()
    assert len(ds) == 14


def test_leakage_of_files(opened, tmp_path):
    values, others = fresh(7, 30), fresh(8, 30)
    question = values[9]["messages"][0]["content"]
    ds = opened(values)
    opened([*others, nearly(values[3]), values[4], chat(question, "quite another answer")], "test.jsonl").close()
    leak = ds.leakage(tmp_path / "test.jsonl")
    assert [(twin.example, twin.other, twin.kind) for twin in leak.twins] == [(3, 30, "near"), (4, 31, "exact"), (9, 32, "same question")]
    assert leak.numbers == [3, 4] and leak.leaked == [30, 31, 32] and "3 of 33 examples of test.jsonl stand in train.jsonl" in repr(leak)
    assert leakage(ds, opened(others, "clean.jsonl")).summary() == "none of the 30 examples of clean.jsonl stand in train.jsonl"
    with pytest.raises(DataError, match="no file"): ds.leakage(tmp_path / "nothing.jsonl")


def test_contradictions_name_places_the_least_alike_first(opened):
    system = {"role": "system", "content": "Sort mail."}
    long = " ".join(VOCABULARY[:30])
    ds = opened([chat("Where is it?", long), chat("Is it open?", "yes", system), *fresh(9, 10), chat("where is it", long + " now"), chat("Is it open", "no", system),
                 chat("Is it open?", "no"), "{broken", chat("Is it open?", "Yes.", system)])
    found = contradictions(ds)
    assert [[(answer.example, answer.message) for answer in group] for group in found.groups] == [[(1, 2), (13, 2), (16, 2)], [(0, 1), (12, 1)]]
    assert [answer.similarity for answer in found.groups[0]] == [1, 0, 1] and found.groups[1][1].similarity > .9
    assert found.summary() == "train.jsonl: 2 questions have several answers, in 5 examples"
    assert found.to_pandas().answered.tolist()[:3] == ["yes", "no", "Yes."]


def test_nothing_found_is_said(opened):
    ds = opened(fresh(10, 12))
    assert repr(ds.duplicates()) == "train.jsonl: no duplicates among 12 examples"
    assert repr(ds.contradictions()) == "train.jsonl: no question with several answers"
    assert "<table" not in ds.duplicates()._repr_html_()


def test_the_data_is_shown_as_text(opened):
    bad = chat("<script>alert(1)</script> \x1b[31m red " + " ".join(VOCABULARY[:20]), "<b>x</b>")
    ds = opened([bad, bad, nearly(bad), chat(bad["messages"][0]["content"], "<i>other</i>")])
    for shown in (ds.duplicates(), ds.contradictions(), ds.leakage(ds)):
        assert "<script>" not in shown._repr_html_() and "&lt;script&gt;" in shown._repr_html_()
        assert "\x1b" not in repr(shown) + shown._repr_html_()
