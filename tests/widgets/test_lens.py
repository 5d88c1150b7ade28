"The lens: the trainer's own tokens and mask, and no example it cannot show."
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from ftbench.core import DataError
from ftbench.data.dataset import open_dataset
from ftbench.data.edit.edits import SetContent
from ftbench.data.render import NANO
from ftbench.widgets.base import answer
from ftbench.widgets.conversation import conversation_state
from ftbench.widgets.drawing import html
from ftbench.widgets.lens import Lens, lens_state, lens_still, weight_words
from ftbench.widgets.reading import reader
from ftbench.widgets.token_window import unpacked

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'\u202e"
MAIL = {"messages": [{"role": "system", "content": "Name the queue."}, {"role": "user", "content": "Where is 48-2190?"},
                     {"role": "assistant", "content": "Let me look.", "weight": 0},
                     {"role": "assistant", "tool_calls": [{"id": "c", "type": "function", "function": {"name": "look", "arguments": '{"order": 1}'}}]},
                     {"role": "tool", "tool_call_id": "c", "content": "sent\nMonday 😀"}, {"role": "assistant", "content": "Sent. [DELIVERY]", "weight": .5}],
        "tools": [{"type": "function", "function": {"name": "look", "parameters": {"properties": {"order": {}}}}}]}


def tokens(state):
    "The tokens as [text, look, id, losses], as the page unpacks them."
    blocks = state["window"]["blocks"]
    numbers = lambda text: [None if ord(letter) < 36 else ord(letter) - 36 - (0x800 if ord(letter) >= 0xe000 else 0) for letter in text]
    pairs = lambda block: zip(*[iter(numbers(block.get("losses", "#" * 2 * len(block["cuts"]))))] * 2)
    return [[text, look, id, *([] if told[0] is None else [each / 100 for each in told])]
            for block, shown in zip(blocks, unpacked(state["window"], state["looks"])) for (text, look), id, told in zip(shown, numbers(block["ids"]), pairs(block), strict=True)]


def words(state): return [weight_words(row["weight"]) for row in state["rail"]["rows"]]


MODELS = Path(__file__).parents[1] / "hf_models"


@pytest.mark.parametrize("model", ["nano", str(MODELS / "chatml"), str(MODELS / "headers")])
def test_the_trainers_tokens_and_mask(model):
    state, (template, tokenizer, context) = lens_state(MAIL, model, unfolded=frozenset(range(9))), reader(model)
    rendered = template.render(MAIL, tokenizer, context)
    assert state["exact"] and (template is NANO) == (model == "nano")
    assert [id for _, _, id in tokens(state)] == rendered.ids
    assert [bool(set("15") & set(look)) for _, look, _ in tokens(state)] == [weight > 0 for weight in rendered.weights]
    assert state["trained"] == rendered.trained and state["trained"] + state["masked"] + state["cut"] == state["total"]
    assert words(state) == ["context", "context", "context", "trained", "context", "½ weight"]
    assert model != "nano" or state["window"]["blocks"][0]["message"] is None  # nano's tool definitions belong to no message
    assert "".join(text for text, look, _ in tokens(state) if "s" not in look).count("😀") == 1


def test_what_is_cut_off_is_not_trained():
    long = {"messages": [{"role": "user", "content": "Tell."}, {"role": "assistant", "content": "and the parcel " * 2000}]}
    state = lens_state(long)
    assert state["cut"] == state["total"] - state["limit"] > 0 and state["cut_trained"] == state["cut"]
    assert all(not set("15") & set(look) for _, look, _ in tokens(state)[state["limit"]:])
    assert "beyond the limit" in html(lens_still(state))


def test_long_context_is_folded_until_asked():
    long = {"messages": [{"role": "user", "content": "the wheel is bent " * 100}, {"role": "assistant", "content": "[WARRANTY]"}]}
    folded, whole = lens_state(long), lens_state(long, unfolded=frozenset({0}))
    assert folded["window"]["blocks"][0]["folded"] > 0 and len(tokens(folded)) < 60 and folded["total"] == whole["total"]
    assert whole["window"]["blocks"][0]["folded"] == 0 and len(tokens(whole)) == whole["total"]
    assert f"{folded['window']['blocks'][0]['folded']} tokens folded" in html(lens_still(folded))


@pytest.mark.parametrize("model", ["gpt-4.1-mini", "ft:gpt-4o-mini-2024-07-18:acme::abc", "cl100k_base"])
def test_an_approximation_says_so(model):
    state = lens_state(MAIL, model)
    assert not state["exact"] and "approximation" in html(lens_still(state)).lower()
    assert state["trained_messages"] == 2


@pytest.mark.parametrize("value", [{}, {"messages": None}, {"messages": [None, 3, {}]}, {"messages": [{"role": ["x"], "content": {"a": 1}}]},
                                   {"messages": [{"role": HOSTILE, "content": HOSTILE, "weight": HOSTILE}], "tools": HOSTILE},
                                   {"messages": [{"role": "user", "content": "\ud800"}]}])
@pytest.mark.parametrize("model", ["nano", "gpt-4.1-mini", str(MODELS / "chatml"), str(MODELS / "headers")])
def test_no_example_breaks_it(value, model):
    state = lens_state(value, model, HOSTILE)
    json.dumps(state).encode()
    drawn = html(lens_still(state))
    drawn.encode()
    assert "<script" not in drawn and "<img" not in drawn


def test_what_the_template_refuses_is_said():
    two = {**MAIL["messages"][3], "tool_calls": MAIL["messages"][3]["tool_calls"] * 2}
    assert "one call at a time" in html(lens_still(lens_state({"messages": [MAIL["messages"][1], two]}, str(MODELS / "headers"))))


def job(ds, model="nano"):
    "What a job that has trained on a data set tells of its tokens."
    records = []
    for example in ds:
        if example.value is None: continue
        rendered = reader(model).read(example.value)
        before, after = ([None, *(round(number * (at % 7), 3) for at in range(1, len(rendered.ids)))] for number in (.9, .2))
        records.append({"file": "train", "line": example.index + 1, "tokens": rendered.ids[:rendered.cut], "weights": rendered.weights[:rendered.cut],
                        "before": before, "after": after, "loss_before": 2.5, "loss_after": .5})
    return SimpleNamespace(id="ftjob-1", model=model, token_losses=lambda: records)


@pytest.mark.parametrize("model", ["nano", str(MODELS / "headers")])
def test_losses_of_the_trained_tokens(ds, model):
    lens = Lens(ds, 0, model, loss=job(ds, model))
    state, record = lens_state(ds[0].value, model, losses=ds.losses), ds.losses.records[0]
    assert state["loss"] == {"job": "ftjob-1", "model": model, "reason": None, "before": 2.5, "after": .5}
    shown = tokens(state)
    wanted = [([round(before, 2), round(after, 2)] if weight else []) for before, after, weight in zip(record["before"], record["after"], record["weights"])]
    assert model != "nano" or [token[3:] for token in shown] == wanted # the other folds its long tool definitions
    assert sum(map(bool, wanted)) == sum(len(token) == 5 for token in shown)
    assert state["rail"]["rows"][0]["loss"] is None and len(state["rail"]["rows"][3]["loss"]) == 2 and lens.state()["lens"]["loss"] == state["loss"]


def test_an_edited_example_has_no_losses_and_says_why(ds):
    lens = Lens(ds, 0, loss=job(ds))
    answer(lens, {"do": "weight", "id": "1", "message": 3})
    assert lens.state()["lens"]["loss"]["reason"] is None # the same tokens
    ds.apply(SetContent(0, 1, "Where?"))
    assert "edited since" in lens.state()["lens"]["loss"]["reason"]
    assert "losses are those of nano" in Lens(ds, 2, "gpt-4.1-mini").state()["lens"]["loss"]["reason"]


def test_the_table_in_the_order_of_the_losses(ds):
    ds.losses = job(ds)
    assert [example.index for example in ds.select("sort:-loss")] == [0, 2, 1] # one and three are the same text, the second is none
    ds.apply(SetContent(2, 1, "Where?"))
    assert [example.index for example in ds.select("sort:loss")] == [0, 1, 2] and [each.index for each in ds.select("loss:>0")] == [0]
    with pytest.raises(DataError, match="no losses"): ds.losses = []


def test_a_model_nobody_knows():
    with pytest.raises(DataError, match="not known"): lens_state(MAIL, "my-model")


@pytest.fixture
def ds(tmp_path):
    path = tmp_path / "mails.jsonl"
    path.write_text("\n".join([json.dumps(MAIL), '{"messages": [', json.dumps(MAIL)]) + "\n")
    return open_dataset(path)


def test_a_switch_is_an_edit(ds):
    lens, heard = Lens(ds, 0), []
    lens.subscribe(heard.append)
    weights = lambda: [row["weight"] for row in lens.state()["lens"]["rail"]["rows"]]
    assert answer(lens, {"do": "weight", "id": "1", "message": 3})["answer"] is None
    assert weights()[3] == 0 and len(ds.edits) == 1 and heard
    answer(lens, {"do": "weight", "id": "2", "message": 2})
    assert weights()[2] == 1
    ds.undo(), ds.undo()
    assert weights() == [0, 0, 0, 1, 0, .5]


def test_a_line_that_is_no_example(ds):
    lens = Lens(ds, 1)
    assert "Line 2" in html(lens.still())
    lens.do_show(2)
    assert lens.state()["lens"]["title"] == "#3" and "trained" in repr(lens)
    lens.do_show(99)
    assert lens.example == 2


def test_the_conversation_shows_what_the_template_refuses():
    two = {**MAIL["messages"][3], "tool_calls": MAIL["messages"][3]["tool_calls"] * 2}
    state = conversation_state({"messages": [MAIL["messages"][1], two]}, model=str(MODELS / "headers"))
    assert "one call at a time" in state["tokens"]["note"] and not state["tokens"]["exact"] and len(state["messages"]) == 2


def test_another_name_of_the_model_has_the_same_losses(ds):
    assert Lens(ds, 0, "ft:ftbench-nano-1:me::abc", loss=job(ds)).state()["lens"]["loss"]["reason"] is None


@pytest.mark.parametrize("value", [{"input": {"messages": [{"role": "assistant", "content": "Which?"}, {"role": "user", "content": "Red"}]},
                                    "preferred_output": [{"role": "assistant", "content": "Good"}], "non_preferred_output": [{"role": "assistant", "content": "Bad"}]},
                                   {"messages": [{"role": "assistant", "content": "Which?"}, {"role": "user", "content": "Red"}], "reference_answer": "red"}])
def test_of_what_is_trained_otherwise_the_lens_shows_the_prompt_and_says_so(value):
    state = lens_state(value)
    assert not state["exact"] and state["note"].startswith("The prompt alone") and state["total"] > state["trained"] == 0
    assert [row["weight"] for row in state["rail"]["rows"]] == [0, 0]
