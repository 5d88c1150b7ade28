"""The text that the base model learnt from holds no example of the samples: tuning teaches them, not pre-training."""
import itertools
import json
import re

import pytest

from corpus.conversation import stream
from ftbench.data.samples import SPLITS, sample_names, sample_path

NUMBER = 50_000


def normal(text):
    """Lower case, white space as one blank, no closing marks."""
    return re.sub(r"\s+", " ", text.lower()).strip(" .!?")


def texts(example):
    for message in example["messages"]:
        yield message.get("content") or ""
        for call in message.get("tool_calls") or ():
            yield call["function"]["name"] + " " + call["function"]["arguments"]


@pytest.fixture(scope="module")
def corpus():
    """All texts of so many examples, normalised, and the tool names."""
    found, tools = [], set()
    for example in itertools.islice(stream(77), NUMBER):
        found += map(normal, texts(example))
        tools |= {tool["function"]["name"] for tool in example.get("tools", ())}
    return "\n".join(found), set(found), tools


def rows(name):
    return [json.loads(line) for split in SPLITS for line in sample_path(name, split).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", sample_names())
def test_no_prompt_or_answer_of_a_sample_is_in_the_corpus(corpus, name):
    joined, single, _ = corpus
    for row in rows(name):
        *before, answer = row["messages"]
        for message in before:
            text = normal(message["content"])
            assert text not in single
            assert len(text) < 25 or joined.find(text) < 0
        for text in map(normal, texts({"messages": [answer]})):
            assert not text or joined.find(text) < 0


def test_no_label_frame_or_tool_of_a_sample_is_in_the_corpus(corpus):
    joined, _, tools = corpus
    labels = {row["messages"][-1]["content"] for row in rows("routing")}
    assert len(labels) == 6
    frames = {"names are hard, i know", "ever heard of maps", "get yourself a calendar", "counting is fun, is it not", "reading must be tiring"}
    answers = {normal(row["messages"][-1]["content"]) for row in rows("marv")}
    assert all(any(a.endswith(f) for f in frames) for a in answers) and all(any(a.endswith(f) for a in answers) for f in frames)
    assert [text for text in {*map(normal, labels), *frames} if text in joined] == []
    rooms = {value for row in rows("tools") for value in row["tools"][0]["function"]["parameters"]["properties"]["room"]["enum"]}
    assert not [value for value in rooms if f'"room": "{value}"' in joined]
    assert not tools & {tool["function"]["name"] for row in rows("tools") for tool in row["tools"]}


def test_a_planted_example_is_found(corpus):
    """The comparison itself can fail."""
    joined, single, _ = corpus
    text = next(itertools.islice(stream(77), 1))["messages"][0]["content"]
    assert normal(text.upper() + "  ") in single and normal(text) in joined
