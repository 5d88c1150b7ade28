"""The model card speaks of the very weights that are shipped, and says what they are."""
import hashlib
import json
import re
from pathlib import Path

import pytest

from ftbench.engine.nano.llama import Model

ROOT = Path(__file__).resolve().parents[2]
BASE = ROOT / "ftbench" / "engine" / "nano" / "base"


@pytest.fixture(scope="module")
def card(): return json.loads((BASE / "card.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def readme(): return (BASE / "README.md").read_text(encoding="utf-8")


def test_the_card_is_of_these_weights(card, readme):
    data = (BASE / "model.safetensors").read_bytes()
    assert hashlib.sha256(data).hexdigest() == card["sha256"] and card["sha256"] in readme
    assert hashlib.sha256((BASE / "tokenizer.json").read_bytes()).hexdigest() == card["tokenizer_sha256"]
    assert len(data) == card["bytes"]
    assert json.loads((BASE / "config.json").read_text()) == card["config"]
    assert Model.load(BASE).weights.flat.size == card["parameters"]


def test_the_base_is_small(card):
    assert card["parameters"] <= 5_000_000
    assert sum(path.stat().st_size for path in BASE.iterdir()) <= 12_000_000
    assert card["config"]["max_position_embeddings"] == 1024


def test_it_was_trained_as_promised(card):
    assert card["tokens"] >= 25_000_000
    assert card["curve"][-1]["tokens"] == card["tokens"] and card["curve"][-1]["step"] == card["steps"]
    assert card["history"][-1]["steps"] == card["steps"]
    assert card["curve"][-1]["rate"] < 0.05   # the decay was finished


def test_the_card_says_what_it_is_and_is_not(readme):
    opening = readme.split("## What it cannot do")[0]
    assert "teaching model" in opening and "not an assistant" in opening
    assert all(heading in readme for heading in ("## Recipe", "## Curve", "## Skills", "## Fine-tuned on the samples"))
    assert not re.search(r"/(root|home|tmp|work)/", readme)


def test_the_readme_repeats_the_figures_of_the_card(card, readme):
    for name, (exact, _, number) in card["skills"].items(): assert f"| {name} | {exact}/{number} |" in readme
    for name, row in card["samples"].items():
        for base, tuned, number in (row["test_values"], row["test_wording"]): assert f"{base}/{number} → {tuned}/{number}" in readme
    assert f"{card['parameters']:,} parameters" in readme and str(card["versions"]["torch"]) in readme


def test_it_answers_as_the_card_says(card):
    """A slice of the skills table, measured again: a wrong file or tokenizer would fall far below."""
    import skills
    families = {name: examples for name, examples in skills.ours(20).items() if name in ("read", "extract", "op", "chat")}
    for name, (exact, _, number) in skills.measure(Model.load(BASE), families).items():
        wanted = card["skills"][name][0] / card["skills"][name][2]
        assert exact / number > wanted - 0.25, name
