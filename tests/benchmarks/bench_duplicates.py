"""Near duplicates at size: seconds beyond tokenizing, recall, precision and memory, beside plainer ways in one run.

    python tests/benchmarks/bench_duplicates.py [--n 200000] [--file MADE_BY_MAKE_LARGE.jsonl]

Bars (200,000 examples): at most 5 s beyond tokenizing, recall at least .99 for up to one edited word in ten, precision at
least .99 against the truth file, at most 1 GB. Each case runs in a process of its own; seconds are CPU seconds, wall seconds
in brackets. Without --file the data is made by ../shared/data/make_large.py. The usual way, MinHash with a hash table for each
band, written with numpy for each document, runs on a twentieth of the file and is scaled up.
"""
import argparse
import itertools
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections import defaultdict
from pathlib import Path

import msgspec
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
FEWER = 20 # the part of the file that slow cases get is one of so many
SECONDS_BAR, RECALL_BAR, PRECISION_BAR, MEMORY_BAR = 5, .99, .99, 1000


class Clock:
    """CPU and wall seconds of a block."""

    def __enter__(self):
        self.cpu, self.wall = -time.process_time(), -time.perf_counter()
        return self

    def __exit__(self, *error):
        self.cpu, self.wall = self.cpu + time.process_time(), self.wall + time.perf_counter()

    def __str__(self): return f"{self.cpu:.2f} s ({self.wall:.2f})"


def values_of(path: Path, count: int | None = None) -> list[dict]:
    found = []
    with open(path, "rb") as file:
        for line in itertools.islice(file, count):
            try: found.append(msgspec.json.decode(line))
            except msgspec.DecodeError: continue
    return [value for value in found if isinstance(value, dict) and "messages" in value]


def contents(value: dict) -> list[str]:
    return [message["content"] for message in value["messages"] if isinstance(message.get("content"), str) and message["role"] != "system"]


def score(dataset, found, truth: dict) -> dict:
    """Recall of each planted kind, and the part of the examples found that were planted with the one they are said to be like."""
    lines = [example.line for example in dataset]
    cluster = {lines[number]: at for at, each in enumerate(found.clusters) for number in each}
    recall = defaultdict(list)
    for kind in ("exact", "near"):
        for each in truth[kind]:
            if each["line"] > lines[-1]: continue
            together = each["line"] in cluster and cluster[each["line"]] == cluster.get(each["of_line"])
            for name in (kind, each["kind"]): recall[name].append(together)
    origin = {line: line for line in lines}
    for kind in ("exact", "near", "conflict"): origin |= {each["line"]: each["of_line"] for each in truth[kind]}
    right = [origin[lines[twin.example]] == origin[lines[twin.other]] for twins in found.twins for twin in twins]
    return {"recall": {name: sum(hits) / len(hits) for name, hits in recall.items()}, "precision": sum(right) / max(len(right), 1), "found": len(right)}


class Timed:
    """CPU and wall seconds spent in one step of a pass."""

    def __init__(self): self.cpu, self.wall, self.done = 0.0, 0.0, False

    def call(self, function, *given):
        with Clock() as clock: result = function(*given)
        self.cpu, self.wall = self.cpu + clock.cpu, self.wall + clock.wall
        return result

    __str__ = Clock.__str__

    def each(self, items):
        items, end = iter(items), object()
        while (item := self.call(next, items, end)) is not end: yield item
        self.done = True


def case_ours(path: Path) -> dict:
    """All of it in one pass; tokenizing is reading the lines, taking the texts out and cutting them into words."""
    from ftbench.data.alike import sketch
    from ftbench.data.dataset import open_dataset
    dataset, reading, tokenizing, words = open_dataset(path), Timed(), Timed(), []
    blocks, word_hashes = sketch._blocks, sketch.word_hashes

    def hashed(texts):
        if reading.done: return word_hashes(texts) # once more, to compare candidates
        found = tokenizing.call(word_hashes, texts)
        words.append(len(found[0]))
        return found

    sketch._blocks = lambda values: reading.each(blocks(values))
    sketch.word_hashes = hashed
    with Clock() as finding: found = dataset.duplicates()
    sketch._blocks, sketch.word_hashes = blocks, word_hashes
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 # the mapped file counts while it is in memory
    truth = json.loads(Path(f"{path}.truth.json").read_text())
    with Clock() as disputing: disputed = {dataset[number].line for number in dataset.contradictions().numbers}
    last = dataset[-1].line
    planted = [each["line"] for each in truth["conflict"] if each["line"] <= last]
    return {"examples": len(dataset), "words": sum(words), "reading": str(reading), "tokenizing": str(tokenizing), "all": [finding.cpu, finding.wall],
            "beyond": [getattr(finding, kind) - getattr(reading, kind) - getattr(tokenizing, kind) for kind in ("cpu", "wall")],
            "memory": memory, "file": path.stat().st_size / 2 ** 20, **score(dataset, found, truth),
            "contradictions": str(disputing), "contradictions recall": sum(line in disputed for line in planted) / max(len(planted), 1)}


def case_edits(path: Path) -> dict:
    """Recall by the part of the words that is edited."""
    from ftbench.data.alike.similar import clusters
    from ftbench.data.alike.sketch import sketch
    rng, found = random.Random(11), {}
    originals = [value for value in values_of(path, 6000) if sum(len(text.split()) for text in contents(value)) >= 20][:2000]
    for rate, threshold in ((.02, .8), (.05, .8), (.1, .8), (.2, .6)):
        values = originals + [edited(rng, value, rate) for value in originals]
        firsts = clusters(sketch(values), lambda numbers: [values[number] for number in numbers], threshold).firsts
        found[f"{rate:.0%} (threshold {threshold:g})"] = sum(firsts[len(originals) + at] == firsts[at] for at in range(len(originals))) / len(originals)
    return {"recall by edits": found}


def edited(rng: random.Random, value: dict, rate: float) -> dict:
    """An example with that part of the words of each message replaced, left out or doubled with another."""
    messages = []
    for message in value["messages"]:
        words = message["content"].split(" ") if isinstance(message.get("content"), str) else []
        for at in sorted(rng.sample(range(len(words)), int(len(words) * rate)), reverse=True):
            words[at:at + 1] = rng.choice(([f"edit{rng.randrange(10 ** 6)}"], [], [words[at], f"edit{rng.randrange(10 ** 6)}"]))
        messages.append({**message, "content": " ".join(words)} if words and message["role"] != "system" else message)
    return {**value, "messages": messages}


def case_exact(path: Path) -> dict:
    """Exact duplicates only, by a dict of the texts."""
    values = values_of(path)
    with Clock() as clock:
        seen, again = set(), 0
        for value in values:
            text = "\n".join(contents(value))
            again += text in seen
            seen.add(text)
    return {"seconds": str(clock), "found": again}


def case_tiktoken(path: Path) -> dict:
    from ftbench.data.count.counter import encoding
    values, encode = values_of(path, 200_000 // FEWER), encoding().encode_ordinary
    with Clock() as clock:
        for value in values:
            for text in contents(value): encode(text)
    return {"cpu": clock.cpu / len(values), "wall": clock.wall / len(values)}


def case_usual(path: Path) -> dict:
    """MinHash of 128 permutations over word triples, 32 bands in hash tables."""
    values = values_of(path, 200_000 // FEWER)
    rng = np.random.default_rng(1)
    a, b = rng.integers(1, 1 << 31, (2, 128, 1), np.uint64)
    with Clock() as clock:
        tables, pairs = [defaultdict(list) for _ in range(32)], set()
        for at, value in enumerate(values):
            words = " ".join(contents(value)).split()
            triples = {zlib.crc32(" ".join(words[start:start + 3]).encode()) for start in range(max(len(words) - 2, 1))}
            hashes = np.fromiter(triples, np.uint64, len(triples))
            signature = ((a * hashes + b) % np.uint64((1 << 61) - 1)).min(axis=1)
            for table, band in zip(tables, signature.reshape(32, 4)):
                same = table[band.tobytes()]
                pairs.update((one, at) for one in same)
                same.append(at)
    return {"cpu": clock.cpu / len(values), "wall": clock.wall / len(values)}


def run(case: str, path: Path) -> dict:
    done = subprocess.run([sys.executable, __file__, "--case", case, "--file", str(path)], check=True, stdout=subprocess.PIPE, text=True,
                          env={**os.environ, "TQDM_DISABLE": "1"})
    return json.loads(done.stdout.splitlines()[-1])


def report(path: Path) -> None:
    ours, edits, exact, tiktoken, usual = (run(case, path) for case in ("ours", "edits", "exact", "tiktoken", "usual"))
    count, (all_cpu, all_wall), (cpu, wall) = ours["examples"], ours["all"], ours["beyond"]
    print(f"{path.name}: {count:,} examples, {ours['file']:,.0f} MiB, {ours['words']:,} words; CPU seconds (wall seconds)")
    print(f"  reading {ours['reading']}; tokenizing {ours['tokenizing']}, where tiktoken would take "
          f"{tiktoken['cpu'] * count:.0f} s ({tiktoken['wall'] * count:.0f})")
    print(f"  near duplicates, beyond tokenizing {cpu:.2f} s ({wall:.2f}), bar {SECONDS_BAR} s; all in all {all_cpu:.1f} s ({all_wall:.1f})")
    print(f"  the usual MinHash in Python, without reading {usual['cpu'] * count:.0f} s ({usual['wall'] * count:.0f}): "
          f"{usual['cpu'] * count / all_cpu:.1f} times all of ours; a dict of texts, exact copies only {exact['seconds']}")
    print("  recall " + ", ".join(f"{name} {part:.4f}" for name, part in ours["recall"].items()) + f", bar {RECALL_BAR}")
    print("  recall by words edited " + ", ".join(f"{rate} {part:.4f}" for rate, part in edits["recall by edits"].items()) + f", bar {RECALL_BAR} to 10%")
    print(f"  precision {ours['precision']:.4f} of {ours['found']:,} found, bar {PRECISION_BAR}")
    print(f"  peak memory {ours['memory']:,.0f} MiB, the mapped file included, bar {MEMORY_BAR:,}")
    print(f"  contradictions {ours['contradictions']}, planted ones found {ours['contradictions recall']:.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=200_000)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--case", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        print(json.dumps(globals()[f"case_{options.case}"](options.file)))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = options.file or Path(folder) / "large.jsonl"
        if not options.file:
            maker = ROOT.parent / "shared" / "data" / "make_large.py"
            subprocess.run([sys.executable, str(maker), "--n", str(options.n), "--out", str(path)], check=True, stdout=subprocess.DEVNULL)
        report(path)


if __name__ == "__main__": main()
