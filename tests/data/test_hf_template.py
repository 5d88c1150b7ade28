"Hugging Face models: the text, the tokens and the mask that training uses, and what cannot be told is refused."
import json
from datetime import date
from pathlib import Path

import pytest

from ftbench.core import DataError
from ftbench.data.hf_template import HFTemplate, hf_folder, load_hf

MODELS = Path(__file__).parents[1] / "hf_models"
SAMPLES = Path(__file__).parents[2] / "ftbench" / "samples"
LOOK = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {"order": {"type": "string"}}}}}


def call(*orders):
    return {"role": "assistant", "content": None, "tool_calls": [
        {"id": f"c{at}", "type": "function", "function": {"name": "look", "arguments": json.dumps({"order": order})}} for at, order in enumerate(orders)]}


def answer(text, **more): return {"role": "assistant", "content": text, **more}
def user(text): return {"role": "user", "content": text}
def tool(text): return {"role": "tool", "tool_call_id": "c0", "content": text}


MAIL = {"tools": [LOOK], "messages": [{"role": "developer", "content": "Name the queue."}, user("Where is 48-2190? 🚲"), call("48-2190"), tool("sent"),
                                      answer("Sent on Monday.", weight=0), user(" And now?\n"), answer("Delivered. [DELIVERY]", weight=.5)]}
TALK = {"messages": [user("hi"), answer("Hello 🚲, é!"), user("<|im_end|> is text"), answer("\nyes\n")]}


@pytest.fixture(params=["chatml", "headers"])
def model(request):
    return load_hf(MODELS / request.param, request.param)


def trained(rendered, tokenizer):
    "The runs of trained text, with their weights."
    runs = []
    for piece in rendered.pieces(tokenizer):
        if piece.weight and runs and runs[-1][2] == piece.message: runs[-1][0] += piece.text
        elif piece.weight: runs.append([piece.text, piece.weight, piece.message])
    return [tuple(run) for run in runs]


WANTED = {
    "chatml": [('<tool_call>\n{"name": "look", "arguments": {"order": "48-2190"}}\n</tool_call><|im_end|>', 1.0, 2),
               ("<think>\n\n</think>\n\nDelivered. [DELIVERY]<|im_end|>", .5, 6)],
    "headers": [('{"name": "look", "parameters": {"order": "48-2190"}}<|eot_id|>', 1.0, 2), ("Delivered. [DELIVERY]<|eot_id|>", .5, 6)],
}


def test_what_is_trained_is_what_the_model_writes(model):
    template, tokenizer, context = model
    rendered = template.render(MAIL, tokenizer, context)
    assert trained(rendered, tokenizer) == WANTED[template.name] and rendered.exact and rendered.limit == 2048
    assert [start for start, _ in rendered.spans[1:]] == [end for _, end in rendered.spans[:-1]] and rendered.spans[-1][1] == len(rendered.ids)
    assert "".join(piece.text for piece in rendered.pieces(tokenizer)) == tokenizer.decode(rendered.ids)


def test_the_whole_text_letter_by_letter():
    template, tokenizer, _ = load_hf(MODELS / "chatml", "chatml")
    wanted = ("<|im_start|>system\nYou are a small model.<|im_end|>\n<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\nHello 🚲, é!<|im_end|>\n"
              "<|im_start|>user\n<|im_end|> is text<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n\nyes\n<|im_end|>\n")
    rendered = template.render(TALK, tokenizer)
    assert rendered.ids == tokenizer.encode(wanted) and tokenizer.decode(rendered.ids) == wanted
    assert [text for text, *_ in trained(rendered, tokenizer)] == ["Hello 🚲, é!<|im_end|>", "<think>\n\n</think>\n\n\nyes\n<|im_end|>"]


def test_every_sample_is_trained_where_its_weights_say(model):
    template, tokenizer, context = model
    for path in sorted(SAMPLES.glob("*/train.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines()[:20]:
            example = json.loads(line)
            rendered, last = template.render(example, tokenizer, context), len(example["messages"]) - 1
            start, end = rendered.spans[last]
            assert {at for at, weight in enumerate(rendered.weights) if weight and at >= start} <= set(range(start, end))
            # asked for the last answer the model sees exactly what stands before it
            asked = template.prompt(example["messages"][:last], example.get("tools"), tokenizer)
            assert rendered.ids[:len(asked)] == asked and rendered.weights[len(asked)] == 1 and rendered.weights[len(asked) - 1] == 0


@pytest.mark.parity
def test_tokens_and_mask_are_those_of_transformers(model):
    transformers = pytest.importorskip("transformers", reason="the parity extra is not installed: no transformers")
    template, tokenizer, _ = model
    theirs = transformers.AutoTokenizer.from_pretrained(str(MODELS / template.name))
    for example in (MAIL, TALK):
        messages = [json.loads(json.dumps(message)) for message in example["messages"]]
        for message in messages:
            message["role"], message["content"] = {"developer": "system"}.get(message["role"], message["role"]), message["content"] or ""
            for each in message.get("tool_calls", ()): each["function"]["arguments"] = json.loads(each["function"]["arguments"])
        found = theirs.apply_chat_template(messages, tools=example.get("tools"), tokenize=True, return_dict=True, return_assistant_tokens_mask=True)
        rendered = template.render({**example, "messages": [{**message, "weight": 1} for message in example["messages"]]}, tokenizer)
        assert rendered.ids == found["input_ids"]
        if template.name == "headers": assert [int(weight) for weight in rendered.weights] == found["assistant_masks"]


def test_cut_off_at_the_context(model):
    template, tokenizer, _ = model
    whole, short = template.render(MAIL, tokenizer), template.render(MAIL, tokenizer, 40)
    assert short.ids == whole.ids and short.cut == 40 and short.trained < whole.trained == whole.cut - whole.weights.count(0)


CHATML = (MODELS / "chatml" / "chat_template.jinja").read_text(encoding="utf-8")
PLAIN = "{% for m in messages %}[{{ m.role }}]{{ m.content }}<|im_end|>\n{% endfor %}"


@pytest.mark.parametrize("source, words", [
    ("{% for m in messages %}{{ m.content", "cannot be read"),
    ("{{ raise_exception('No such roles.') }}", "No such roles."),
    ("{{ messages[9].content + 1 }}", "refuses this example"),
    (PLAIN + "{% if add_generation_prompt %}[assistant]<think>{% endif %}", "cannot be told"),
    ("{% for m in messages %}{% if loop.first %}{% generation %}{{ m.content }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}", "marks 1 answers of 2"),
    ("{% for m in messages %}{{ m.content }}{% if m.role == 'assistant' %}{% generation %}{% endgeneration %}{% endif %}{% endfor %}", "cannot be told|train nothing"),
    ("{{ ''.__class__.__mro__ }}", "refuses this example"),
])
def test_what_cannot_be_told_is_refused(source, words):
    _, tokenizer, _ = load_hf(MODELS / "chatml", "chatml")
    with pytest.raises(DataError, match=words): HFTemplate("odd", source).render(TALK, tokenizer)


def test_a_template_without_a_prompt_of_its_own_is_read():
    _, tokenizer, _ = load_hf(MODELS / "chatml", "chatml")
    rendered = HFTemplate("plain", PLAIN).render(TALK, tokenizer)
    assert [text for text, *_ in trained(rendered, tokenizer)] == ["[assistant]Hello 🚲, é!<|im_end|>", "[assistant]\nyes\n<|im_end|>"]


@pytest.mark.parametrize("example", [{}, {"messages": None}, {"messages": [None, 3, {}]}, {"messages": [{"role": ["x"], "content": {"a": 1}}]},
                                     {"messages": [user("\ud800")]}, {"messages": [user("a"), call("1", "2"), tool("x"), tool("y"), answer("z")]}])
def test_no_example_ends_otherwise_than_read_or_refused(model, example):
    template, tokenizer, context = model
    try: rendered = template.render(example, tokenizer, context)
    except DataError as error: assert error.remedy
    else: assert len(rendered.ids) == len(rendered.weights) and len(rendered.pieces(tokenizer)) == len(rendered.ids)


@pytest.mark.parametrize("template, read", [
    ("Today: {{ strftime_now('%d %b %Y') }}.", "Today: 04 May 2026."),
    ("{%- macro head() -%}{{ strftime_now('%Y') }}/{{ strftime_now(\"%m\") }}{%- endmacro -%}\n {{ head() }}", "2026/05"),
    ("{%- if strftime_now is defined %}{%- set day = strftime_now('%d') %}{%- endif %}{{ day }}", "04"),
    ({"default": "{{ strftime_now('%d') }}", "tool_use": "no date"}, "04"),
])
def test_a_job_keeps_its_day(template, read):
    _, tokenizer, _ = load_hf(MODELS / "chatml", "chatml")
    pinned = HFTemplate("dated", template).on(date(2026, 5, 4))
    assert pinned.pinned and tokenizer.decode(pinned.prompt([user("hi")], None, tokenizer)) == read
    assert pinned.on(date(2027, 1, 1)) is pinned # what a model was taught stays true when it is tuned on


def test_a_template_without_a_date_is_left_alone():
    template, _, _ = load_hf(MODELS / "chatml", "chatml")
    assert template.on(date(2026, 5, 4)) is template
    with pytest.raises(DataError, match="works out itself"): HFTemplate("odd", "{{ strftime_now('%' + 'd') }}").on(date(2026, 5, 4))


STRICT = CHATML.replace("{%- for call in message.tool_calls %}", "{%- for call in message.tool_calls %}"
                        "{%- if call.id|length != 9 %}{{- raise_exception('nine letters') }}{%- endif %}{{- call.id + ' ' }}")


def test_ids_are_shortened_for_a_template_that_wants_nine_letters():
    _, tokenizer, _ = load_hf(MODELS / "chatml", "chatml")
    written = HFTemplate("strict", STRICT).written({"messages": [user("a"), call("1")]}, tokenizer)
    again = HFTemplate("strict", STRICT).written({"messages": [user("b"), call("1")]}, tokenizer)
    assert written == again and len(written.split()[2]) == 9 # behind an empty thought
    kept = {"role": "assistant", "tool_calls": [{"id": "abc123XYZ", "type": "function", "function": {"name": "look", "arguments": "{}"}}]}
    assert " abc123XYZ " in HFTemplate("strict", STRICT).written({"messages": [user("b"), kept]}, tokenizer).replace("\n", " ")


def test_a_folder_that_lacks_something(tmp_path):
    assert hf_folder(str(tmp_path)) is None and hf_folder("gpt-4.1-mini") is None and hf_folder("nobody/nothing") is None
    (tmp_path / "tokenizer_config.json").write_text("{}")
    assert hf_folder(str(tmp_path)) == tmp_path
    with pytest.raises(DataError, match="no chat template"): load_hf(tmp_path, "m")
    (tmp_path / "chat_template.jinja").write_text(PLAIN)
    with pytest.raises(DataError, match="no tokenizer.json"): load_hf(tmp_path, "m")
    (tmp_path / "tokenizer.json").write_bytes((MODELS / "chatml" / "tokenizer.json").read_bytes())
    with pytest.raises(DataError, match="how many tokens it holds"): load_hf(tmp_path, "m")
    (tmp_path / "config.json").write_text('{"max_position_embeddings": 99}')
    assert load_hf(tmp_path, "m")[2] == 99
