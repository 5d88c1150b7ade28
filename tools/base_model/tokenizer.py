"""Train the byte-level BPE of the teaching model on its own corpus and write a standard tokenizer.json.

python tools/base_model/tokenizer.py FOLDER [EXAMPLES] [VOCABULARY]"""
import itertools
import json
import pathlib
import sys

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from corpus.conversation import stream
from template import SPECIAL, pieces

PATTERN = r"'s|'t|'re|'ve|'m|'ll|'d|\d| ?[^\W\d_]+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+"
EXTRA = ["Übergröße naïve café 12,5 € — “quoted” … – ‘x’ àéîõüñçß ÄÖÜ ¿¡ £¥ 20 °C ½ ±"] * 40
SETTINGS = {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "<|pad|>", "eos_token": "<|end|>", "model_max_length": 1024, "clean_up_tokenization_spaces": False, "additional_special_tokens": SPECIAL[2:]}


def texts(examples, seed):
    for example in itertools.islice(stream(seed, 1), examples):
        for _, text, _ in pieces(example):
            if text: yield text
    yield from EXTRA


def train(folder, examples=60000, vocabulary=3072, seed=90001):
    """Write tokenizer.json and tokenizer_config.json; digits stay single, all 256 bytes are covered."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(PATTERN), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    special = [AddedToken(s, special=True, normalized=False) for s in SPECIAL]
    tokenizer.train_from_iterator(texts(examples, seed), trainers.BpeTrainer(vocab_size=vocabulary, special_tokens=special, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False))
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps(SETTINGS, indent=1) + "\n")
    return tokenizer


if __name__ == "__main__":
    made = train(sys.argv[1], *map(int, sys.argv[2:]))
    print(made.get_vocab_size(), [made.token_to_id(s) for s in SPECIAL])
