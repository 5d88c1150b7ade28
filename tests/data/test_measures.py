"""Measures of likeness against sacrebleu, rouge_score, nltk and rapidfuzz."""
import json

import pytest
from shared_data import SHARED, needs_shared

from ftbench.core import DataError
from ftbench.data.alike.measures import metric, rouge_l

REFERENCE = SHARED / "evals" / "reference" / "text_similarity.jsonl"


@needs_shared
def test_the_figures_of_other_libraries():
    compared = 0
    for pair in map(json.loads, REFERENCE.read_text(encoding="utf-8").splitlines()):
        texts, scores = (pair["hypothesis"], pair["reference"]), pair["scores"]
        wanted = {"bleu": scores["sacrebleu_sentence_bleu"] / 100, "gleu": scores.get("nltk_sentence_gleu"), "fuzzy_match": scores["rapidfuzz_WRatio"] / 100}
        if "".join(texts).isascii(): # rouge_score knows no other letters
            wanted |= {"rouge_l": scores["rougeL"]["f"], **{f"rouge_{length}": scores[f"rouge{length}"]["f"] for length in (1, 2, 3)}}
        for name, value in wanted.items():
            if value is None: continue
            if name == "fuzzy_match": pytest.importorskip("rapidfuzz")
            assert metric(name)(*texts) == pytest.approx(value, abs=1e-9), (pair["pair"], name)
            compared += 1
    assert compared > 300


def test_letters_of_any_script_are_words(): assert rouge_l("Þetta er íslenska", "Þetta er enska") == pytest.approx(2 / 3)


@pytest.mark.parametrize("name", ["bleu", "gleu", "rouge_1", "rouge_5", "rouge_l"])
def test_nothing_is_like_nothing(name):
    assert metric(name)("", "") == metric(name)("", "a b c d e") == metric(name)("a b c d e", "") == 0
    assert metric(name)("a b c d e", "a b c d e") == 1


@pytest.mark.parametrize("name", ["cosine", "meteor", "levenshtein"])
def test_a_measure_that_is_not_here_is_named(name):
    with pytest.raises(DataError, match=name) as caught: metric(name)
    assert "rouge_l" in caught.value.remedy
