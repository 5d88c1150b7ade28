"Calls of tools in the form of a model's own template: whatever may be said is read again, and fits what was demanded."
import json
import random
from pathlib import Path

import numpy as np
import pytest

from ftbench.data.hf_template import HFTemplate, load_hf
from ftbench.engine.grammar.answer import AnswerFormError
from ftbench.engine.grammar.machine import Grammar
from ftbench.engine.grammar.mask import Guide, Vocabulary
from ftbench.engine.hf.calls import call_form, read_calls, rules_for
from ftbench.engine.hf.decode import ByteTokenizer

jsonschema = pytest.importorskip("jsonschema", reason="the dev extra is not installed: no jsonschema")
FIXTURES = Path(__file__).parents[1] / "hf_models"
BOOK = {"type": "function", "function": {"name": "book", "strict": True, "parameters": {
    "type": "object", "properties": {"seat": {"enum": ["aisle", "window"]}, "nights": {"type": "integer"}, "extras": {"type": "array", "items": {"type": "boolean"}, "maxItems": 2}},
    "required": ["seat", "nights", "extras"], "additionalProperties": False}}}
LOOK = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {"open": {"type": "boolean"}}, "required": ["open"]}}}
TURN = "{% for message in messages %}{% if message.role == 'assistant' %}<|im_start|>{{ message.content }}CALLS<|im_end|>\n{% else %}{{ message.content }}{% endif %}{% endfor %}" \
       "{% if add_generation_prompt %}<|im_start|>{% endif %}"
TEMPLATES = { # in the manner of families of models, in few words
    "chatml": None, "headers": None,
    "array with ids": "{% if message.tool_calls %}[TOOL_CALLS] [{% for call in message.tool_calls %}{% if call.id | length != 9 %}{{ raise_exception('nine') }}{% endif %}"
                      "{{ (call.function | tojson)[:-1] }}, \"id\": \"{{ call.id }}\"}{{ ']' if loop.last else ', ' }}{% endfor %}{% endif %}",
    "named before arguments": "{% for call in message.tool_calls %}[TOOL_CALLS]{{ call.function.name }}[ARGS]{{ call.function.arguments | tojson }}{% endfor %}",
    "fenced": "{% for call in message.tool_calls %}<call>function<sep>{{ call.function.name }}\n```json\n{{ call.function.arguments | tojson }}\n```</call>{% endfor %}",
    "indented": "{% for call in message.tool_calls %}<call>\n{\n  \"name\": \"{{ call.function.name }}\",\n  \"arguments\": {{ call.function.arguments | tojson(indent=2) }}\n}\n</call>{% endfor %}",
}


@pytest.fixture(scope="module", params=TEMPLATES)
def model(request):
    "Template, tokenizer, form, its end and a vocabulary."
    source, name = TEMPLATES[request.param], request.param
    template, tokenizer, _ = load_hf(FIXTURES / (name if source is None else "chatml"), name)
    end = template.tokens["eos_token"]
    if source is not None: template = HFTemplate(name, TURN.replace("CALLS", source), template.tokens)
    form, known = call_form(template, tokenizer, frozenset([tokenizer.special[end]])), ByteTokenizer(tokenizer)
    vocabulary = Vocabulary(known, known.size, known.special | {sign: tokenizer.added[sign] for sign in form.signs})
    return template, tokenizer, form, end, vocabulary


def said(guide, vocabulary, end, pick, limit=2000):
    "An answer chosen at random among the tokens that may stand, closing signs more often, so that it ends."
    closing = np.array([any(byte in b'"]},0' for byte in text) for text in vocabulary.bytes])
    state, ids = guide.start, []
    while len(ids) < limit:
        allowed = guide.allowed(state)
        assert allowed.any()
        if allowed[end] and pick.random() < .7: return ids
        hurry = allowed & closing if pick.random() < .2 + len(ids) / 60 else allowed
        ids.append(int(pick.choice(np.flatnonzero(hurry if hurry.any() else allowed))))
        state = guide.after(state, ids[-1])
        if ids[-1] == end: return ids[:-1]
    raise AssertionError("it did not end")


@pytest.mark.parametrize("choice, several", [("required", True), ("required", False), ("book", True)])
def test_a_demanded_call_is_made_and_read_again(model, choice, several):
    template, tokenizer, form, end, vocabulary = model
    guide, pick = Guide(Grammar(*rules_for(form, end)({"type": "text"}, [BOOK, LOOK], choice, several)), vocabulary), random.Random(5)
    counts = []
    for _ in range(12):
        message = read_calls(form, tokenizer.decode(said(guide, vocabulary, tokenizer.special[end], pick)))
        assert message["content"] is None
        for call in message["tool_calls"]:
            schema = {"book": BOOK, "look": LOOK}[call["function"]["name"]]["function"]["parameters"]
            jsonschema.validate(json.loads(call["function"]["arguments"]), schema)
        counts.append(len(message["tool_calls"]))
        if choice == "book": assert {call["function"]["name"] for call in message["tool_calls"]} == {"book"}
    assert max(counts) == 1 or (several and form.following is not None)


def test_what_the_template_writes_may_be_said_and_is_read(model):
    template, tokenizer, form, end, vocabulary = model
    calls = [{"id": f"call_{n}", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}} for n, (name, arguments) in enumerate(
        [("book", {"seat": "aisle", "nights": 2, "extras": [True]}), ("look", {"open": False})][:1 if form.following is None else 2])]
    text = template.written({"messages": [{"role": "user", "content": "Book."}, {"role": "assistant", "content": None, "tool_calls": calls}], "tools": [BOOK, LOOK]}, tokenizer)
    message = read_calls(form, text.removesuffix(end))
    assert [call["function"]["name"] for call in message["tool_calls"]] == [call["function"]["name"] for call in calls]
    assert [json.loads(call["function"]["arguments"]) for call in message["tool_calls"]] == [json.loads(call["function"]["arguments"]) for call in calls]
    for choice in ("required", "auto"):
        guide = Guide(Grammar(*rules_for(form, end)({"type": "text"}, [BOOK, LOOK], choice, True)), vocabulary)
        state = guide.start
        for token in tokenizer.encode(text):
            assert guide.allowed(state)[token], (choice, tokenizer.decode([token]))
            state = guide.after(state, token)
        assert state.ends


@pytest.mark.parametrize("text", ["Good morning.", "", "I would call book, but not now: {no}", "Yes!\n"])
def test_an_answer_without_a_call_is_text(model, text):
    template, tokenizer, form, end, vocabulary = model
    assert read_calls(form, text) == {"role": "assistant", "content": text}
    guide = Guide(Grammar(*rules_for(form, end)({"type": "text"}, [BOOK], "auto", True)), vocabulary)
    state = guide.start
    for token in [*tokenizer.encode(text), tokenizer.special[end]]:
        assert guide.allowed(state)[token]
        state = guide.after(state, token)


def test_a_form_that_cannot_be_read_cannot_be_demanded():
    _, tokenizer, _ = load_hf(FIXTURES / "chatml", "chatml")
    ends = frozenset([tokenizer.special["<|im_end|>"]])
    xml = "{% for call in message.tool_calls %}<f={{ call.function.name }}>{% for name, value in call.function.arguments.items() %}<{{ name }}>{{ value }}</{{ name }}>{% endfor %}</f>{% endfor %}"
    for source in (TURN.replace("CALLS", ""), TURN.replace("CALLS", xml), "{{ raise_exception('no tools here') if tools }}" + TURN, "{{ messages"):
        form = call_form(HFTemplate("odd", source), tokenizer, ends)
        assert form is None and read_calls(form, "<f=book><seat>aisle</seat></f>")["content"].startswith("<f=book>")
        with pytest.raises(AnswerFormError, match="does not show how it writes calls") as caught: rules_for(form, "<|im_end|>")({"type": "text"}, [BOOK], "required", True)
        assert caught.value.param == "tool_choice"
        assert rules_for(form, "<|im_end|>")({"type": "text"}, [BOOK], "auto", True) is None
