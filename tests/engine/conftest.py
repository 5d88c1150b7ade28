"""Small models that live in a folder, made for the tests of the engine."""
import json

import numpy as np
import pytest

from ftbench.engine.nano.bpe import BYTE_SIGNS, WORD_PATTERN
from ftbench.engine.nano.safetensors import write_safetensors
from ftbench.engine.nano.weights import Weights, read_config

SPECIAL = ["<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|tool|>", "<|tools|>", "<|call|>"]


def tokenizer_json(merges=()):
    """A byte-level tokenizer file with the special tokens of nano."""
    vocabulary = dict(zip(SPECIAL, range(8))) | {sign: 8 + i for i, sign in enumerate(BYTE_SIGNS)}
    for a, b in merges: vocabulary[a + b] = len(vocabulary)
    return {
        "version": "1.0", "truncation": None, "padding": None, "normalizer": None, "post_processor": None,
        "added_tokens": [{"id": i, "content": s, "single_word": False, "lstrip": False, "rstrip": False,
                          "normalized": False, "special": True} for i, s in enumerate(SPECIAL)],
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": WORD_PATTERN}, "behavior": "Isolated", "invert": False},
            {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}]},
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                  "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                  "vocab": vocabulary, "merges": [list(m) for m in merges]}}


def write_model(folder, seed=0, hidden=16, inner=24, layers=2, heads=2, context=96, spread=.2):
    """A random Llama with a byte tokenizer, as a complete Hugging Face folder."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = tokenizer_json([("h", "e"), ("l", "l"), ("he", "ll")])
    config = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": len(tokenizer["model"]["vocab"]),
              "hidden_size": hidden, "intermediate_size": inner, "num_hidden_layers": layers, "num_attention_heads": heads,
              "num_key_value_heads": heads, "head_dim": hidden // heads, "max_position_embeddings": context,
              "hidden_act": "silu", "rms_norm_eps": 1e-6, "tie_word_embeddings": True, "attention_bias": False,
              "mlp_bias": False, "rope_theta": 10000.0, "pad_token_id": 0, "bos_token_id": None, "eos_token_id": 1,
              "torch_dtype": "float32"}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": 1, "pad_token_id": 0}))
    shape = read_config(folder)
    random, weights = np.random.default_rng(seed), Weights(shape)
    for name, tensor in weights.tensors.items():
        tensor[:] = random.normal(1 if "norm" in name else 0, spread, tensor.shape)
    write_safetensors(folder / "model.safetensors", weights.tensors)
    return folder


@pytest.fixture
def model_folder(tmp_path): return write_model(tmp_path / "base")


@pytest.fixture
def make_model(tmp_path): return lambda name="base", **shape: write_model(tmp_path / name, **shape)
