"""The tokenizer: nothing is lost, nothing special is made from text, nothing is slow, and it agrees with the tokenizers library."""
import json
import random
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftbench.core import EngineError
from ftbench.engine.nano.bpe import TextStream, Tokenizer
from tests.engine.conftest import SPECIAL, tokenizer_json

MERGES = [("h", "e"), ("l", "l"), ("he", "ll"), ("Ġ", "hell"), ("a", "a"), ("aa", "aa"), ("Ã", "©")]


FILE = tokenizer_json(MERGES)
TOKENIZER = Tokenizer(FILE["model"]["vocab"], MERGES, {name: id for id, name in enumerate(SPECIAL)})


@settings(max_examples=300)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_comes_back_and_no_special_token_is_made(text):
    ids = TOKENIZER.encode(text)
    assert TOKENIZER.decode(ids) == text
    assert not set(ids) & set(TOKENIZER.special.values())
    stream = TextStream(TOKENIZER)
    pieces = [stream.push(i) for i in ids] + [stream.finish()]
    assert "".join(pieces) == text and not any("\ufffd" in p for p in pieces if "\ufffd" not in text)


def test_special_looking_text_is_text():
    text = "".join(SPECIAL)
    assert TOKENIZER.decode(TOKENIZER.encode(text)) == text and min(TOKENIZER.encode(text)) >= 8


def test_a_long_text_without_a_space_takes_no_longer_than_it_should():
    start = time.process_time()
    assert len(TOKENIZER.encode("a" * 200_000)) == 50_000
    assert time.process_time() - start < 30 # quadratic merging would take minutes


def test_half_a_surrogate_pair_is_named():
    with pytest.raises(EngineError, match="surrogate"): TOKENIZER.encode("a\ud800b")


@pytest.mark.parametrize("damage", [b"", b"[]", b"{}", b"\xff\xfe", b'{"model": 3}'])
def test_a_damaged_file_is_named(tmp_path, damage):
    (tmp_path / "tokenizer.json").write_bytes(damage)
    with pytest.raises(EngineError, match="tokenizer.json"): Tokenizer.load(tmp_path)


@pytest.mark.parity
def test_the_same_ids_as_the_tokenizers_library(tmp_path):
    library = pytest.importorskip("tokenizers", reason="the parity extra is not installed: no tokenizers library")
    (tmp_path / "tokenizer.json").write_text(json.dumps(FILE))
    ours, reference = Tokenizer.load(tmp_path), library.Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    pick = random.Random(0)
    known = lambda characters: [c for c in map(chr, characters) if unicodedata.category(c) != "Cn"] # newer Unicode may differ
    alphabet = [known(range(32, 127))] * 4 + [known(range(0x80, 0x250)), known(range(0x300, 0xD800)), known(range(0xE000, 0x11000)),
                                              known(range(0x1F000, 0x1FB00)), "  \n\t\r\v\f\x85\xa0\x1c\u2028_'½²Ⅷ‿"]
    for _ in range(5000):
        text = "".join(pick.choice(pick.choice(alphabet)) for _ in range(pick.randrange(40)))
        assert ours.encode(text) == reference.encode(text).ids, ascii(text)
