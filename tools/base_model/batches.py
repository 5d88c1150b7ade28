"""The stream of training batches: a pure function of the seed and the number of the pool, so that a run can go on at any step."""
import functools
import pathlib
import random

import torch
from tokenizers import Tokenizer

from corpus.conversation import example
from corpus.grammar import Maker
from template import PAD, render


def encoder(folder):
    """A cached function from plain text to token ids; text that looks like a special token stays text."""
    tokenizer = Tokenizer.from_file(str(pathlib.Path(folder) / "tokenizer.json"))
    tokenizer.encode_special_tokens = True
    return functools.lru_cache(4096)(lambda text: tokenizer.encode(text, add_special_tokens=False).ids)


def stage(settings, number):
    """The stage of the corpus that a pool belongs to; the held-out pool, with its negative number, is of the third."""
    return 3 if number < 0 else 1 + sum(number >= settings[name] for name in ("second_stage", "third_stage", "fourth_stage", "fifth_stage"))


def pool(settings, number, encode):
    """Rows (ids, weights) of one pool of examples, sorted by length; on most prompt tokens there is no loss."""
    maker, chance = Maker(f"{settings['seed']}/{number}", stage(settings, number)), random.Random(f"prompt {settings['seed']}/{number}").random
    rows = []
    for _ in range(settings["pool"]):
        ids, weights = render(example(maker), encode, settings["prompt_weight"])
        if len(ids) > settings["context"]: continue
        weights = [w if w == 1 or chance() < settings["prompt_share"] else 0.0 for w in weights]
        rows.append((ids, weights))
    return sorted(rows, key=lambda row: len(row[0]))


def tensors(rows, step=16):
    """Padded ids and weights of rows; lengths in steps of 16 so that few shapes occur."""
    length = -(-max(len(ids) for ids, _ in rows) // step) * step
    x, w = torch.full((len(rows), length), PAD), torch.zeros(len(rows), length)
    for i, (ids, weights) in enumerate(rows):
        x[i, :len(ids)], w[i, :len(ids)] = torch.tensor(ids), torch.tensor(weights)
    return x, w


def batches(settings, number, encode):
    """Batches of about `tokens` tokens of rows of like length, in random order."""
    made, rows = [], []
    for row in pool(settings, number, encode):
        if rows and -(-len(row[0]) // 16) * 16 * (len(rows) + 1) > settings["tokens"]:
            made.append(rows)
            rows = []
        rows.append(row)
    random.Random(f"order {settings['seed']}/{number}").shuffle(made)   # the last, unfilled batch is left out
    return [tensors(rows) for rows in made]


def stream(settings, encode, place=(0, 0)):
    """(place after this batch, ids, weights) without end, from a place (pool, batch)."""
    number, first = place
    while True:
        made = batches(settings, number, encode)
        for i in range(first, len(made)):
            yield ((number, i + 1) if i + 1 < len(made) else (number + 1, 0)), *made[i]
        number, first = number + 1, 0
