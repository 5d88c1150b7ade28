"""Splits: as large as asked, the same whenever they are made, and with nothing on two sides."""
import json
import random

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from ftbench.core import DataError
from ftbench.data.alike.split import _rooms, _together

VOCABULARY = [f"{a}{b}{c}" for a in "bdgklmnprst" for b in "aeiou" for c in ("n", "r", "st", "ck", "x", "da", "le")]


def chat(rng: random.Random, label: str = "yes", **more) -> dict:
    return {"messages": [{"role": "user", "content": " ".join(rng.choices(VOCABULARY, k=30))}, {"role": "assistant", "content": label}], **more}


def many(count: int, seed: int = 1, **more) -> list[dict]:
    rng = random.Random(seed)
    return [chat(rng, **{name: item(number) for name, item in more.items()}) for number in range(count)]


def lines(view) -> set[bytes]: return {example.bytes for example in view}


def test_parts_are_as_large_as_asked_and_hold_everything_once(opened):
    ds = opened(many(200))
    parts = ds.split(valid=.1, test=.25)
    assert [len(part) for part in parts] == [130, 20, 50]
    assert sorted(number for part in parts for number in part.numbers.tolist()) == list(range(200))
    assert all((np.diff(part.numbers) > 0).all() for part in parts)
    assert parts.report["parts"]["test"] == {"examples": 50, "share": .25, "asked": .25}


def test_order_and_run_do_not_matter_but_the_seed_does(opened):
    values = many(150)
    values += [json.loads(json.dumps(value).replace("da", "DA")) for value in values[:30]]
    shuffled = random.Random(3).sample(values, len(values))
    one, other = opened(values, "one.jsonl").split(seed=5), opened(shuffled, "other.jsonl").split(seed=5)
    assert [lines(part) for part in one] == [lines(part) for part in other]
    assert lines(opened(values, "two.jsonl").split(seed=6).test) != lines(one.test)
    assert len(opened(values, "three.jsonl").split(seed=-1).test) == len(one.test)


def test_near_duplicates_stay_together(opened):
    values = many(60)
    copies = [json.loads(json.dumps(value).replace("Paris", "")) for value in values[:20]]
    for value in copies: value["messages"][0]["content"] += " thanks"
    ds = opened(values + copies)
    for seed in range(5):
        parts = ds.split(valid=.2, test=.3, seed=seed)
        for part in parts: assert all((number + 60 if number < 20 else number - 60) in part.numbers for number in part.numbers if number < 20 or number >= 60)
        assert parts.train.leakage(parts.test).numbers == [] == parts.train.leakage(parts.valid).numbers
    assert parts.report["together"]["reasons"]["of near duplicates"] == 20


def test_other_answers_and_beginnings_of_a_conversation_stay_together(opened):
    rng, values = random.Random(2), []
    for _ in range(40):
        whole = chat(rng)["messages"] + chat(rng)["messages"] + chat(rng)["messages"]
        values += [{"messages": whole[:2]}, {"messages": whole[:4]}, {"messages": whole}]
        values += [{"messages": [*whole[:5], {"role": "assistant", "content": f"another answer, {rng.random()}"}]}]
    parts = opened(values).split(test=.25, valid=.25)
    for part in parts: assert all({4 * (number // 4) + each for each in range(4)} <= set(part.numbers.tolist()) for number in part.numbers.tolist())
    assert parts.report["together"]["largest"] == 4


def test_beginnings_in_which_only_the_last_answer_is_trained(opened):
    rng, values = random.Random(4), []
    for _ in range(30):
        first, second = chat(rng)["messages"], chat(rng)["messages"]
        values += [{"messages": first}, {"messages": [first[0], {**first[1], "weight": 0}, *second]}]
    for part in opened(values).split(test=.5, valid=0): assert all(number ^ 1 in part.numbers for number in part.numbers.tolist())


def test_groups_stay_together_and_strata_have_their_share(opened):
    values = many(240, metadata=lambda number: {"user": f"u{number // 3}"}, label=lambda number: "yes" if number % 4 else "no")
    values[0]["metadata"] = {}
    parts = opened(values).split(valid=.1, test=.2, group="metadata.user", stratify="messages.1.content")
    users = [{json.loads(line)["metadata"].get("user") for line in lines(part)} for part in parts]
    assert not users[0] & users[1] and not users[0] & users[2] and not users[1] & users[2]
    strata = parts.report["strata"]
    assert set(strata) == {"yes", "no"} and sum(sum(counts.values()) for counts in strata.values()) == 240
    assert abs(strata["no"]["test"] - 12) <= 3 and abs(strata["yes"]["test"] - 36) <= 3
    by_function = opened(values, "other.jsonl").split(valid=.1, test=.2, group=lambda value: value["metadata"].get("user"),
                                       stratify=lambda value: value["messages"][-1]["content"])
    assert [lines(part) for part in parts] == [lines(part) for part in by_function]
    assert "240 examples" not in repr(parts) and "yes" in repr(parts) and "<td>yes</td>" in parts._repr_html_()


def test_rare_strata_go_where_they_fit(opened):
    values = many(100, label=lambda number: f"label {number // 2}")
    parts = opened(values).split(valid=0, test=.2, stratify="messages.-1.content")
    assert len(parts.test) == 20


def test_a_set_larger_than_a_part_is_trained_on(opened):
    parts = opened(many(20, user=lambda number: 1)).split(valid=0, test=.2, group="user")
    assert [len(part) for part in parts] == [20, 0, 0] and parts.report["notes"] == ["test is empty: all that stays together is larger; add other examples, or ask for more"]
    assert "in 1 set, the largest of 20" in parts.summary()


def test_lines_that_cannot_be_read_are_counted_and_in_no_part(opened):
    parts = opened(["{broken", *many(30), "[1]", '{"messages": []}', '{"messages": []}']).split()
    assert sum(map(len, parts)) == 32 and parts.report["left_out"] == 2 and "ds.check()" in repr(parts)


def test_views_split_too(opened):
    ds = opened(many(80))
    part = ds.select("line:11..60")
    split = part.split(valid=0, test=.2)
    assert (len(split.train), len(split.test)) == (40, 10)
    assert sorted([*split.train.numbers, *split.test.numbers]) == list(range(10, 60))
    nested = split.train.split(valid=0, test=.5)
    assert set(nested.test.numbers) <= set(split.train.numbers)


def test_a_split_of_data_that_moved_is_refused(opened):
    from ftbench.data.edit.edits import DeleteExample
    ds = opened(many(40))
    train, valid, test = ds.split()
    ds.apply(DeleteExample(3))
    with pytest.raises(DataError, match="split again"): len(train)


@pytest.mark.parametrize("asked", [{"valid": -.1}, {"test": 1}, {"valid": .5, "test": .5}, {"test": True}, {"test": "10%"}, {"seed": 1.5}, {"seed": None},
                                   {"group": "metadata.user"}, {"stratify": "messages.9.content"}])
def test_what_makes_no_sense_is_refused(opened, asked):
    with pytest.raises(DataError): opened(many(12)).split(**asked)


def test_too_little_to_split(opened):
    with pytest.raises(DataError, match="too few"): opened(many(2)).split()


@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 9)), max_size=40), st.lists(st.tuples(st.integers(0, 19), st.integers(0, 4)), max_size=20))
@settings(max_examples=150)
def test_together_is_the_transitive_closure(one, other):
    links = [(np.array([at for at, _ in each], np.intp), np.array([label for _, label in each], np.intp)) for each in (one, other)]
    firsts, expected = _together(20, links).tolist(), [{at} for at in range(20)]
    for each in (one, other):
        for a, label in each:
            for b, same in each:
                if label == same and expected[a] is not expected[b]:
                    joined = expected[a] | expected[b]
                    for at in joined: expected[at] = joined
    assert firsts == [min(expected[at]) for at in range(20)]


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(1, 30)), min_size=1, max_size=30), st.floats(0, .5), st.floats(0, .49))
@settings(max_examples=150)
def test_rooms_add_up(sets, valid, test):
    total = sum(size for _, size in sets)
    rooms = _rooms([name for name, _ in sets], np.array([size for _, size in sets]), (1 - valid - test, valid, test))
    assert [sum(room[part] for room in rooms.values()) for part in (1, 2)] == [round(valid * total), round(test * total)]
