"""Validate, count and measure a chat file, beside what the cookbook's notebook does:

    python tests/benchmarks/bench_tokens.py [FILE.jsonl] [--examples 50000] [--rounds 3]

Without a file, one is made with ../shared/data/make_large.py. Every variant runs in a fresh process with its vocabulary
loaded beforehand; they take turns, and the ratio of their best seconds is printed, beside that of CPU seconds: tokens are
counted on a core of their own. Bars: 8 times the notebook with gigatoken, 1.8 times with tiktoken alone, every count the
same as tiktoken's.
"""
import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
BARS = {"gigatoken": 8, "tiktoken": 1.8}
BLOCK = 256 # lines, as in the pass over a data set


def distribution(values) -> list[float]:
    values = np.asarray(values)
    return [float(number) for number in (values.min(), values.max(), values.mean(), np.median(values), *np.quantile(values, [.05, .95]))]


def notebook(path, examples):
    """The work of OpenAI's notebook Chat_finetuning_data_prep, in our words; where it would stop at a broken line, this goes on."""
    from ftbench.data.count.counter import encoding
    def count(text):
        try: return len(encode(text))
        except ValueError: return len(encode(text, disallowed_special=())) # what looks like a special token would end the notebook
    encode = encoding("o200k_base").encode
    yield
    rows, faults = [], 0
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in islice(file, examples):
            try: rows.append(json.loads(line))
            except json.JSONDecodeError: faults += 1
    for row in rows:
        messages = row.get("messages")
        if not messages:
            faults += 1
            continue
        for message in messages:
            content = message.get("content")
            faults += "role" not in message or "content" not in message
            faults += any(key not in ("role", "content", "name", "function_call", "weight") for key in message)
            faults += message.get("role") not in ("system", "user", "assistant", "function")
            faults += not content and not message.get("function_call") or content is not None and not isinstance(content, str)
        faults += not any(message.get("role") == "assistant" for message in messages)
    lengths, totals, answers, lacking = [], [], [], 0
    for row in rows:
        messages = row.get("messages") or []
        lacking += sum(not any(message.get("role") == role for message in messages) for role in ("system", "user"))
        total = 3
        for message in messages:
            total += 3
            for key, value in message.items():
                if isinstance(value, str): total += count(value) + (key == "name")
        lengths.append(len(messages))
        totals.append(total)
        answers.append(sum(count(message["content"]) for message in messages
                           if message.get("role") == "assistant" and isinstance(message.get("content"), str)))
    yield sum(totals), [distribution(values) for values in (lengths, totals, answers)]


def ours(path, examples):
    """One pass in blocks: typed decoding, every rule, tokens, the same distributions."""
    import ftbench # binds the rules
    from ftbench.data.block import block_of
    from ftbench.data.table.measure import measurer
    measure = measurer()
    yield
    lengths, totals, trained, findings, first = [], [], [], 0, 1
    with open(path, "rb") as file:
        while lines := [line.rstrip(b"\r\n") for line in islice(file, min(BLOCK, examples + 1 - first))]:
            found = measure(block_of(lines), range(first, first + len(lines)))
            for values, name in ((lengths, "turns"), (totals, "tokens"), (trained, "trained")): values.extend(found[name].tolist())
            findings += sum(int(found[name].sum()) for name in ("errors", "warnings", "infos"))
            first += len(lines)
    yield sum(totals), [distribution(values) for values in (lengths, totals, trained)]


def floor(path, examples):
    """Only the tokenizer, over the texts already in memory."""
    from ftbench.data.count.counter import counter
    with open(path, "rb") as file: texts = _texts(islice(file, examples))
    count = counter().count
    yield
    yield sum(map(count, texts)), []


def exact(path, examples):
    """How many texts gigatoken counts otherwise than tiktoken."""
    from ftbench.data.count.counter import counter, encoding
    with open(path, "rb") as file: texts = set(_texts(islice(file, examples)))
    known, right = counter(), encoding().encode_ordinary
    yield
    yield sum(list(known.ids(text)) != right(text) for text in texts), len(texts)


def _texts(lines) -> list[str]:
    from ftbench.data.chat import calls_of, messages_of, parts_of
    from ftbench.data.spelling import decode_line
    messages = [message for line in lines for message in messages_of(decode_line(line)[0])]
    return [text for message in messages for text in (*parts_of(message), *(call.arguments for call in calls_of(message)))]


def child(variant: str, tokenizer: str, path: str, examples: int) -> None:
    import ftbench.data.count.counter as module
    if tokenizer == "tiktoken": module.accelerator = lambda name: None
    work = {"notebook": notebook, "ours": ours, "floor": floor, "exact": exact}[variant](path, examples)
    next(work)
    started, spent = time.perf_counter(), time.process_time()
    result = next(work)
    print(json.dumps({"seconds": time.perf_counter() - started, "cpu": time.process_time() - spent, "result": result,
                      "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?")
    parser.add_argument("--examples", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = chosen.file or f"{folder}/large.jsonl"
        if not chosen.file:
            maker = ROOT.parent / "shared/data/make_large.py"
            subprocess.run([sys.executable, maker, "--n", str(chosen.examples), "--out", path], check=True)
        report(path, chosen.examples, chosen.rounds)


def report(path: str, examples: int, rounds: int) -> None:
    variants = [("notebook", "tiktoken"), ("ours", "tiktoken"), ("ours", "gigatoken"), ("floor", "gigatoken")]
    runs = {variant: [] for variant in variants}
    for _ in range(rounds):
        for variant in variants: runs[variant].append(measured(*variant, path, examples))
    best = {variant: min(found, key=lambda run: run["seconds"]) for variant, found in runs.items()}
    baseline = best["notebook", "tiktoken"]
    for (what, tokenizer), run in best.items():
        bar = f" (bar {BARS[tokenizer]})" if what == "ours" else ""
        print(f"{what:9} {tokenizer:10} {run['seconds']:7.2f} s {run['cpu']:7.2f} CPU s {run['megabytes']:6.0f} MB {baseline['seconds'] / run['seconds']:6.1f} times "
              f"the notebook{bar}, {baseline['cpu'] / run['cpu']:.1f} by CPU; {run['result'][0]:,} tokens")
    different, texts = measured("exact", "gigatoken", path, examples)["result"]
    print(f"counted otherwise than by tiktoken: {different} of {texts:,} distinct texts")


def measured(variant: str, tokenizer: str, path: str, examples: int) -> dict:
    done = subprocess.run([sys.executable, __file__, "--child", variant, tokenizer, path, str(examples)], check=True, stdout=subprocess.PIPE, cwd=ROOT)
    return json.loads(done.stdout)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]: child(*sys.argv[2:5], int(sys.argv[5]))
    else: main()
