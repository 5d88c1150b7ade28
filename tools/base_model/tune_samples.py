"""How well the samples are learnt: exact match of a base before and after fine-tuning, on new values and on new wording.

python tools/base_model/tune_samples.py FOLDER [--samples a,b] [--epochs 5] [--batch 4] [--multiplier 1.0] [--seed 0] [--show N]"""
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")   # before numpy is loaded

import argparse
import json
import time

from ftbench.data.render import NANO
from ftbench.data.samples import sample_names, sample_path
from ftbench.engine.nano.finetune import FineTune
from ftbench.engine.run import Plan
from ftbench.engine.nano.llama import Model
from skills import answers, essence

TESTS = ("test_values", "test_wording")


def rows(name, split):
    return [json.loads(line) for line in sample_path(name, split).read_text(encoding="utf-8").splitlines()]


def right(model, examples):
    found = answers(model, examples)
    return [essence(a) == essence(e["messages"][-1]) for a, e in zip(found, examples)], found


def tuned(folder, name, plan):
    """(model after the plan on the sample's training file, seconds of one core)"""
    model = Model.load(folder)
    rendered = [NANO.render(row, model.tokenizer) for row in rows(name, "train")]
    run = FineTune(model, [(r.ids, r.weights) for r in rendered], [], plan)
    started = time.process_time()
    while run.step < run.total_steps: run.advance()
    return model, time.process_time() - started


def measure(folder, name, plan, show=0):
    """{split: (base, tuned, number)} and the seconds of training."""
    base = Model.load(folder)
    model, seconds = tuned(folder, name, plan)
    table = {}
    for split in TESTS:
        examples = rows(name, split)
        hits, found = right(model, examples)
        table[split] = (sum(right(base, examples)[0]), sum(hits), len(examples))
        for hit, answer, example in [x for x in zip(hits, found, examples) if not x[0]][:show]:
            print(f"  {example['messages'][-2]['content']!r}\n    wanted {essence(example['messages'][-1])}\n    got    {essence(answer)}")
    return table, seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--samples", default=",".join(sample_names()))
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--multiplier", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", type=int, default=0)
    options = parser.parse_args()
    found = {}
    for name in options.samples.split(","):
        table, seconds = measure(options.folder, name, Plan(options.epochs, options.batch, options.multiplier, options.seed), options.show)
        found[name] = {split: list(row) for split, row in table.items()} | {"seconds": round(seconds, 1)}
        print(name, found[name], flush=True)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
