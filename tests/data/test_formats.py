"Every real file is recognised for what it is."
import json
from pathlib import Path

import pytest
from shared_data import SHARED, needs_shared

from ftbench.data.format.formats import FORMATS, count_formats, format_of

pytestmark = needs_shared
EXPECTED = {
    "axolotl_conversation.json": "sharegpt", "axolotl_conversation_missing_turns.json": "sharegpt",
    "azure_legacy_prompt_completion.jsonl": "prompt-completion", "fastchat_dummy_conversation.json": "sharegpt",
    "llamafactory_alpaca_en_demo.json": "alpaca", "llamafactory_dpo_en_demo.json": "preference",
    "llamafactory_glaive_toolcall_en_demo.json": "sharegpt", "llamafactory_identity.json": "alpaca",
    "llamafactory_mllm_demo.json": "media-columns", "llamafactory_reason_tool_use_demo_50.jsonl": "loss-weights",
    "llamafactory_v1_dpo_demo.jsonl": "preference", "llamafactory_v1_multimodal_demo.jsonl": "loss-weights",
    "llamafactory_v1_sft_demo.jsonl": "loss-weights", "oasst_en_100_tree.jsonl": "oasst",
    "selfinstruct_seed_tasks.jsonl": "self-instruct", "torchtune_chat_tiny.json": "sharegpt",
    "foundry_dpo_orca.jsonl": "dpo", "foundry_rft_countdown_train.jsonl": "rft", "foundry_rft_countdown_valid.jsonl": "rft",
    "foundry_rft_toolcall_train.jsonl": "rft",
}


def values(path: Path) -> list[dict]:
    text = path.read_text("utf-8")
    if path.suffix == ".jsonl": return [json.loads(line) for line in text.splitlines() if line.strip()]
    whole = json.loads(text)
    return whole if isinstance(whole, list) else [whole]


def files() -> list[Path]:
    return sorted([*(SHARED / "other_formats").glob("*.json*"), *(SHARED / "chat").glob("*.json*")])


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_real_files(path):
    examples = values(path)
    assert count_formats(examples) == {EXPECTED.get(path.name, "sft-chat"): len(examples)}


@pytest.mark.parametrize("value", [None, [], "text", 7, {}, {"messages": None}, {"messages": [None, 3]}, {"messages": [{"role": ["user"]}], "id": 1},
                                   {"prompt": None}, {"conversations": 3}, {"chosen": 1, "rejected": 2}, {"input": "x", "output": "y"}])
def test_never_fails(value):
    assert format_of(value) in (None, *FORMATS)


def test_glued_files_are_counted_example_by_example():
    assert count_formats([{"instruction": "a", "output": "b"}, {"text": "c"}, {"text": "d"}]) == {None: 2, "alpaca": 1}
