"""Makes the tokenizers of the two small models beside it, from ftbench's own sample data: python tests/hf_models/make.py

The chat templates are written by hand, in the manner of two families of models: `chatml` has no marks of its own, groups the
answers of tools and writes an empty thought only into the newest answers; `headers` marks its answers with {% generation %}.
"""
import json
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

HERE = Path(__file__).parent
SAMPLES = HERE.parent.parent / "ftbench" / "samples"
SPECIAL = {
    "chatml": (["<|endoftext|>", "<|im_start|>", "<|im_end|>"], ["<tool_call>", "</tool_call>"], {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}),
    "headers": (["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"], [],
                {"bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>"}),
}


def texts():
    for path in sorted(SAMPLES.glob("*/train.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            for message in json.loads(line)["messages"]: yield message.get("content") or ""


def make(name: str) -> None:
    special, plain, named = SPECIAL[name]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(texts(), trainers.BpeTrainer(vocab_size=600, show_progress=False,
                                                               initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet())))
    tokenizer.add_special_tokens([AddedToken(token, normalized=False) for token in special])
    tokenizer.add_tokens([AddedToken(token, normalized=False) for token in plain])
    tokenizer.save(str(HERE / name / "tokenizer.json"), pretty=False)
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 2048, "clean_up_tokenization_spaces": False, **named}
    (HERE / name / "tokenizer_config.json").write_text(json.dumps(settings, indent=1) + "\n")


if __name__ == "__main__":
    for each in SPECIAL: make(each)
