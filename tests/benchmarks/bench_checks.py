"""How fast lines are validated, beside pandas and a loop of json.loads in the same run.

    python tests/benchmarks/bench_checks.py large.jsonl

`../shared/data/make_large.py --n 200000 --out large.jsonl` makes a file. Times are CPU seconds of the process, the best of three,
so that other work on the machine weighs little; one core does all of it. The bar of the design is one validation pass at 300 MB/s or
more, twelve times pandas.read_json(lines=True): every rule on the shape of an example decides. What the rules on texts (secrets,
damaged letters, placeholders, …) cost on top stands in a line of its own, as does the whole report with its hashes of every line.
Lines are taken in blocks, cut from the bytes of the file as the pass over a data set cuts them.
"""
import gc
import json
import sys
import time
from pathlib import Path

import msgspec
import numpy as np

from ftbench.checks.accept import sound_lines
from ftbench.checks.report import check_file
from ftbench.checks.rules import explain_line, explain_lines
from ftbench.data.block import MARGIN, Block
from ftbench.data.typed import read_chats

BLOCK = 128 # lines, as in the pass over a data set


def seconds(work, times: int = 3) -> float:
    best = float("inf")
    for _ in range(times):
        gc.collect()
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def with_pandas(path: Path):
    import pandas
    return pandas.read_json(path, lines=True)


def main() -> None:
    path = Path(sys.argv[1])
    data = path.read_bytes().removesuffix(b"\n") + b"\n"
    lines = data.splitlines()
    megabytes = len(data) / 1e6
    untyped = msgspec.json.Decoder().decode

    def loads():
        for line in lines:
            try: json.loads(line)
            except ValueError: pass

    def decode():
        for line in lines:
            try: untyped(line)
            except msgspec.DecodeError: pass

    def blocks():
        ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n"))
        starts = np.append(0, ends[:-1] + 1)
        for first in range(0, len(ends), BLOCK):
            begins, stops = starts[first:first + BLOCK], ends[first:first + BLOCK]
            yield first, Block(data[begins[0]:stops[-1] + 1] + MARGIN, begins - begins[0], stops - begins[0])

    def validate():
        for first, block in blocks():
            for place in sound_lines(block, read_chats(block)): explain_line(block.line(place), first + place + 1, None)

    def explain():
        for first, block in blocks(): explain_lines(block, range(first + 1, first + len(block.ends) + 1), read_chats(block))

    print(f"{path.name}: {len(lines):,} lines, {megabytes:,.0f} MB")
    baseline = seconds(lambda: with_pandas(_readable(path, lines)), 1)
    rows = [("pandas.read_json(lines=True)", baseline), ("json.loads", seconds(loads)), ("msgspec, no validation", seconds(decode)),
            ("validate: decoded, shape checked, failing lines explained", seconds(validate)), ("the same, texts looked at", seconds(explain)),
            ("check_file: the whole report", seconds(lambda: check_file(path), 1))]
    for name, taken in rows: print(f"{name:<56} {taken:7.2f} s {megabytes / taken:7.0f} MB/s {baseline / taken:6.1f} x pandas")


def _readable(path: Path, lines: list[bytes]) -> Path:
    "A copy without the lines that pandas would stop at."
    copy = path.with_suffix(".readable")
    good = []
    for line in lines:
        try: good += [line] if isinstance(json.loads(line), dict) else []
        except ValueError: continue
    copy.write_bytes(b"\n".join(good))
    return copy


if __name__ == "__main__": main()
