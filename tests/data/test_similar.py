"""Near duplicates: the words that are compared, the sketches, and whether what is found is what there is.

FTBENCH_SIMILAR_PAIRS (default 300) is how many edited copies the recall tests plant.
"""
import json
import os
import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from shared_data import CHATS, needs_shared

from ftbench.core import DataError
from ftbench.data.alike.similar import clusters, contradictory_answers, matches, similarity
from ftbench.data.alike.sketch import BINS, compared_words, sketch
from ftbench.data.alike.words import ANSWER, CONTEXT, MOST_TEXT, OTHER, PROMPT, turns_of, word_hashes

PAIRS = int(os.environ.get("FTBENCH_SIMILAR_PAIRS", 300))
VOCABULARY = [f"{a}{b}{c}" for a in "bdgklmnprst" for b in "aeiou" for c in ("n", "r", "st", "ck", "x", "da", "le")]


def chat(question: str, answer: str, **more) -> dict:
    return {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}], **more}


def text(rng: random.Random, length: int) -> list[str]: return [rng.choice(VOCABULARY) for _ in range(length)]


def halves(words: list[str]) -> dict: return chat(" ".join(words[:len(words) // 2]), " ".join(words[len(words) // 2:]))


def some(values: list): return lambda numbers: [values[number] for number in numbers]


def found(values: list, threshold: float = .8) -> list[int]: return clusters(sketch(values), some(values), threshold).firsts.tolist()


# --- words

def words(text: str) -> list[int]: return word_hashes([text])[0].tolist()


@pytest.mark.parametrize("one, other", [("Don't STOP, now!", "don t stop now"), ("a\u00a0b\u2014c", "a b c"), ("«Ja», sagt er…", "ja sagt er"),
                                        ("他说：“好”。", "他说好"), ("x  =\n\t1;", "X = 1"), ("ＡＢ！", "ａｂ")])
def test_spelling_does_not_count(one, other): assert words(one) == words(other)


@pytest.mark.parametrize("one, other", [("2+3", "2-3"), ("a<b", "a>b"), ("word", "words"), ("a b", "ab"), ("µ", "m"), ("他好", "好他"), ("10 %", "10"), ("é", "e")])
def test_meaning_counts(one, other): assert words(one) != words(other)


@given(st.lists(st.text(), max_size=6))
@settings(max_examples=100)
def test_words_of_a_text_do_not_depend_on_its_neighbours(texts):
    hashes, counts = word_hashes(texts)
    assert counts.tolist() == [len(words(each)) for each in texts]
    assert hashes.tolist() == [word for each in texts for word in words(each)]


def test_different_words_have_different_numbers():
    many = [f"{a}{b}" for a in VOCABULARY for b in VOCABULARY[:100]]
    assert len(set(words(" ".join(many)))) >= len(set(many)) - 2


# --- what is compared

def test_who_says_what():
    call = {"id": "c", "type": "function", "function": {"name": "weigh", "arguments": '{"kg": 2}'}}
    value = {"tools": [{"type": "function"}], "messages": [
        {"role": "developer", "content": "Be short."}, {"role": "user", "content": [{"type": "text", "text": "Look"}, {"type": "image_url", "image_url": {"url": "a"}}]},
        {"role": "assistant", "content": None, "tool_calls": [call], "weight": 0}, {"role": "tool", "content": "2", "tool_call_id": "c"},
        {"role": "assistant", "content": "Two."}]}
    turns = turns_of(value)
    assert turns.kinds == bytes([CONTEXT, CONTEXT, PROMPT, OTHER, PROMPT, ANSWER])
    assert turns.messages == (-1, 0, 1, 2, 3, 4) and turns.texts[3] == 'weigh {"kg": 2}'
    other = json.loads(json.dumps(value).replace('"url": "a"', '"url": "b"'))
    assert similarity(value, other) < 1


@pytest.mark.parametrize("value", [{}, {"messages": None}, {"messages": [1, None, "x"]}, {"messages": [{"role": 3, "content": 4}]},
                                   {"messages": [{"role": "assistant", "content": [None, 5, {"type": "text"}], "tool_calls": "no"}]},
                                   {"messages": [], "tools": {"a": [1]}}, {"a": {"b": [1.5, True, None, {"c": "d"}]}},
                                   {"messages": [{"role": "user", "content": "x" * 3 * MOST_TEXT}]}])
def test_any_value_can_be_sketched(value):
    made = sketch([value, None, value])
    assert made.texts[0] == made.texts[2] and made.texts[1] == 0 and made.signatures.shape == (3, BINS)


def test_preference_and_reinforcement_examples_are_compared_whole():
    asked = {"messages": [{"role": "user", "content": "Which?"}]}
    def pair(good, bad): return {"input": asked, "preferred_output": [{"role": "assistant", "content": good}], "non_preferred_output": [{"role": "assistant", "content": bad}]}
    assert similarity(pair("this one", "that one"), pair("this one", "none at all")) < .7
    assert similarity({**asked, "reference": {"answer": 42}}, {**asked, "reference": {"answer": 43}}) < 1
    assert similarity(chat("Which?", "this", id=1), chat("Which?", "this", id=2)) == 1
    assert not contradictory_answers(sketch([pair("this one", "that one"), pair("that one", "this one")]))


# --- similarity and signatures

@given(st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=30), st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=30))
@settings(max_examples=100)
def test_similarity_is_the_jaccard_index_of_counted_words(one, other):
    shared, either = sum((Counter(one) & Counter(other)).values()), sum((Counter(one) | Counter(other)).values())
    assert similarity(chat(" ".join(one), "?"), chat(" ".join(other), "?")) == pytest.approx(shared / either)


@pytest.mark.parametrize("length", [3, 12, 60, 400])
def test_signatures_agree_as_often_as_word_pairs_do(length):
    rng, misses = random.Random(length), []
    for _ in range(40):
        one = text(rng, length)
        other = [rng.choice(VOCABULARY) if rng.random() < .15 else word for word in one]
        values = [chat(" ".join(one), ""), chat(" ".join(other), "")]
        pairs = [set(zip(words.tolist(), [*words[1:].tolist(), 0])) for words in compared_words(values)]
        signatures = sketch(values).signatures
        misses.append((signatures[0] == signatures[1]).mean() - len(pairs[0] & pairs[1]) / len(pairs[0] | pairs[1]))
    assert abs(np.mean(misses)) < .06 and np.std(misses) < .55 / min(length, BINS) ** .5


def test_sketches_do_not_depend_on_the_block():
    values = [halves(text(random.Random(number), 400)) for number in range(60)]
    together, alone = sketch(values), [sketch([value]) for value in values]
    assert (together.signatures == np.concatenate([each.signatures for each in alone])).all()
    assert (together.texts == np.concatenate([each.texts for each in alone])).all()
    assert together.answers["question"].tolist() == [each.answers["question"][0] for each in alone]
    assert together.answers["example"].tolist() == list(range(60))


# --- recall and precision

def edited(rng: random.Random, words: list[str]) -> list[str]:
    "At most one word in ten replaced, left out, added, or changed with its neighbour."
    words, kind = list(words), rng.choice(("replace", "leave out", "add"))
    for at in sorted(rng.sample(range(len(words)), len(words) // 10), reverse=True):
        if kind == "replace": words[at] = f"new{rng.randrange(10 ** 6)}"
        elif kind == "leave out": del words[at]
        else: words.insert(at, f"new{rng.randrange(10 ** 6)}")
    return words


def test_one_word_in_ten_is_forgiven():
    rng = random.Random(3)
    originals = [text(rng, rng.choice((20, 60, 150, 400))) for _ in range(PAIRS)]
    halved = [(words[:len(words) // 2], words[len(words) // 2:]) for words in originals]
    values = [chat(" ".join(a), " ".join(b)) for a, b in halved] + [chat(" ".join(edited(rng, a)), " ".join(edited(rng, b))) for a, b in halved]
    firsts = found(values)
    assert sum(firsts[PAIRS + number] == number for number in range(PAIRS)) >= .99 * PAIRS
    assert firsts[:PAIRS] == list(range(PAIRS))


def test_what_is_found_is_what_comparing_all_pairs_finds():
    rng = random.Random(5)
    values = [halves(text(rng, 60)) for _ in range(120)]
    for value in list(values):
        words = [message["content"].split() for message in value["messages"]]
        rate = rng.choice((.03, .1, .2, .4))
        values.append(chat(*(" ".join(rng.choice(VOCABULARY) if rng.random() < rate else word for word in said) for said in words)))
    firsts = np.array(found(values))
    words = [each.tolist() for each in compared_words(values)]
    bags = [{(word, each[:at].count(word)) for at, word in enumerate(each)} for each in words], [set(zip(each, each[1:])) for each in words]
    hits = []
    for one in range(len(values)):
        for other in range(one):
            shared = [len(bags[0][one] & bags[0][other]) / len(bags[0][one] | bags[0][other]), len(bags[1][one] & bags[1][other]) / len(bags[1][one] | bags[1][other])]
            if shared[0] >= .8 and shared[1] >= .66: hits.append(firsts[one] == firsts[other])
    assert len(hits) > 30 and np.mean(hits) >= .98
    for cluster in np.unique(firsts):
        members = np.flatnonzero(firsts == cluster)
        for one in members[1:]: assert max(similarity(values[one], values[other]) for other in members if other != one) >= .8


def test_clusters_do_not_depend_on_the_order():
    rng = random.Random(9)
    originals = [halves(text(rng, rng.randrange(5, 80))) for _ in range(150)]
    values = originals + [chat(*(" ".join(edited(rng, message["content"].split())) for message in value["messages"])) for value in originals]
    places = list(range(len(values)))
    rng.shuffle(places)
    one, other = found(values), found([values[place] for place in places])
    def sets(firsts, names): return {frozenset(names[at] for at in range(len(firsts)) if firsts[at] == first) for first in set(firsts)}
    assert sets(one, range(len(values))) == sets(other, places)


@pytest.mark.parametrize("one, other", [
    (chat("translate bonjour", "hello"), chat("translate hello", "bonjour")), # the speakers change places
    (chat("we took the train from Paris to Rome by night", "x"), chat("by night from Rome to Paris the train took we", "x")), # another order
    (chat("a b c d e f g h i j k l", "m n o p"), {"messages": chat("a b c d e f g h i j k l", "m n o p")["messages"] + [{"role": "user", "content": "q"}]}),
    (chat("?", "!"), chat("…", "."))])
def test_these_are_no_duplicates(one, other): assert found([one, other]) == [0, 1]


@pytest.mark.parametrize("templates", [1, 4, 15])
def test_examples_below_one_template_are_told_apart(templates):
    rng = random.Random(1)
    fixed = [" ".join(text(rng, 100)) for _ in range(templates)]
    values = [chat(f"{fixed[number % templates]} {' '.join(text(rng, 60))}", rng.choice("ab")) for number in range(600)]
    again = [chat(values[number]["messages"][0]["content"].replace("b", "B"), "a") for number in range(0, 600, 20)]
    firsts = found(values + again)
    assert firsts[:600] == list(range(600)) and firsts[600:] == list(range(0, 600, 20))


def test_what_is_a_template_does_not_depend_on_the_order():
    rng = random.Random(6)
    values = [chat(("one two three four five six seven eight nine " if number < 700 else "") + " ".join(text(rng, 8)), "a") for number in range(5000)]
    one, other = sketch(values), sketch(values[::-1])
    assert (one.texts == other.texts[::-1]).all() and len(one.template) == len(other.template) == 2
    assert not len(sketch(values[500:]).template) and not len(sketch([values[0]] * 5000).template)


@pytest.mark.parametrize("threshold", [0, .59, 1.1, 80, "high", True, None])
def test_thresholds_that_mean_nothing(threshold):
    with pytest.raises(DataError, match="threshold"): found([chat("a", "b")], threshold)


@pytest.mark.parametrize("threshold, rate", [(.6, .2), (.7, .15), (.9, .04)])
def test_other_thresholds_find_what_they_promise(threshold, rate):
    rng = random.Random(2)
    originals = [text(rng, 100) for _ in range(100)]
    copies = [list(words) for words in originals]
    for words in copies:
        for at in rng.sample(range(100), int(100 * rate)): words[at] = f"new{rng.randrange(10 ** 6)}"
    firsts = found([*map(halves, originals), *map(halves, copies)], threshold)
    assert sum(firsts[100 + number] == number for number in range(100)) >= 98


# --- matches and contradictions

def test_matches_name_every_example_of_either_side():
    rng = random.Random(4)
    base = [text(rng, 80) for _ in range(30)]
    ours = [halves(words) for words in base] + [halves(base[0])] + [halves(text(rng, 80)) for _ in range(50)]
    theirs = [halves([*words[:-1], "changed"]) for words in base[:20]] + [halves(base[0])] + [halves(text(rng, 80)) for _ in range(50)]
    pairs = matches(sketch(ours), sketch(theirs), some(ours), some(theirs))
    assert {one for one, _, _ in pairs} == {*range(20), 30} and {other for _, other, _ in pairs} == set(range(21))
    assert all(shared >= .8 and similarity(ours[one], theirs[other]) == pytest.approx(shared) for one, other, shared in pairs)


def test_sets_without_words_match_nothing():
    empty, some = sketch([]), sketch([chat("a b", "c"), None])
    assert matches(empty, some, None, None) == matches(some, empty, None, None) == [] and clusters(empty, None).firsts.tolist() == []


def test_contradictions_need_the_same_setting_and_trained_answers():
    system, tools = {"role": "system", "content": "Answer in French."}, [{"type": "function", "function": {"name": "f"}}]
    same, other = chat("Is it open?", "Yes"), chat("is it OPEN", "No")
    in_french = {"messages": [system, *other["messages"]]}
    untrained = {"messages": [other["messages"][0], {**other["messages"][1], "weight": 0}]}
    greeting = [{"messages": [{"role": "assistant", "content": word}]} for word in ("Hi", "Hello")]
    assert not contradictory_answers(sketch([same, chat("Is it open?", "yes!"), in_french, untrained, {**other, "tools": tools}, *greeting]))
    assert [group["example"].tolist() for group in contradictory_answers(sketch([same, in_french, other]))] == [[0, 2]]


def test_later_answers_of_a_conversation_contradict_too():
    start = chat("Is it open?", "Yes")["messages"]
    one, other = ({"messages": [*start, {"role": "user", "content": "Until when?"}, {"role": "assistant", "content": until}]} for until in ("Six", "Ten"))
    groups = contradictory_answers(sketch([one, other, {"messages": start}]))
    assert [group[["example", "message"]].tolist() for group in groups] == [[(0, 3), (1, 3)]]


@needs_shared
def test_real_files():
    for path in CHATS:
        values = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()][:300]
        firsts = found(values)
        assert len(firsts) == len(values) and all(firsts[first] == first <= at for at, first in enumerate(firsts)), path.name
