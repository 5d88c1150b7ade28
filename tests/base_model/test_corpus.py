"""The generated chat: seeded, varied, in OpenAI's format, and rendered as the engine renders it."""
import collections
import itertools
import json
import re

import template
from corpus import conversation
from corpus.grammar import Maker, compiled
from ftbench.data.render import NANO


def examples(seed, number):
    return list(itertools.islice(conversation.stream(seed), number))


def test_a_seed_always_gives_the_same_examples():
    assert examples(5, 300) == examples(5, 300)
    assert examples(5, 300) != examples(6, 300)


def test_patterns_expand_choices_and_slots():
    m = Maker(1)
    said = {m.say("[Hello|Hi][ there|], <who>[!|.]", who="[x|<y>]") for _ in range(200)}
    assert said == {f"{a}{b}, [x|<y>]{c}" for a in ("Hello", "Hi") for b in (" there", "") for c in "!."}
    assert compiled("a[b|c[d|e]]") == ("a", [("b",), ("c", [("d",), ("e",)])])


def test_wording_is_varied():
    """Prompts hardly repeat, and with names, numbers and invented words taken out there are still thousands of forms."""
    found = examples(11, 6000)
    prompts = [m["content"] for e in found for m in e["messages"] if m["role"] == "user"]
    assert len(set(prompts)) > 0.9 * len(prompts)
    openings = collections.Counter(" ".join(re.findall(r"[a-z]+", p.lower())[:3]) for p in prompts)
    assert len(openings) > 5000 and openings.most_common(1)[0][1] < 0.03 * len(prompts)


def test_every_example_is_a_conversation_that_ends_with_an_answer():
    kinds = collections.Counter()
    for example in examples(12, 4000):
        messages = example["messages"]
        assert messages[-1]["role"] == "assistant"
        for message in messages:
            if message["role"] == "assistant": assert message.get("tool_calls") or message["content"].strip()
            else: assert message["content"]
            for call in message.get("tool_calls", ()):
                arguments = json.loads(call["function"]["arguments"])
                schema = next(t for t in example["tools"] if t["function"]["name"] == call["function"]["name"])["function"]["parameters"]
                assert list(arguments) == list(schema["properties"])
                for key, value in arguments.items(): assert value in schema["properties"][key].get("enum", [value])
                kinds["call"] += 1
            kinds[message["role"]] += 1
        kinds["turns"] += sum(m["role"] == "user" for m in messages) > 1
    assert kinds["call"] > 500 and kinds["system"] > 500 and kinds["tool"] > 100 and kinds["turns"] > 800


class Letters:
    """A tokenizer of one token per character, to compare templates."""
    special = {name: number for number, name in enumerate(template.SPECIAL)}
    def encode(self, text): return [100 + ord(c) for c in text]


def test_the_template_is_the_engine_s():
    for example in examples(13, 800):
        ids, weights = template.render(example, Letters().encode)
        rendered = NANO.render(example, Letters())
        assert ids == rendered.ids
        assert weights == rendered.weights
