"""How fast lines are validated, beside pandas and a loop of json.loads in the same run.

    python tests/benchmarks/bench_checks.py large.jsonl

`../shared/data/make_large.py --n 200000 --out large.jsonl` makes a file. Times are CPU seconds of the process, the best of three,
so that other work on the machine weighs little. The bar of the design is one validation pass at 300 MB/s or more, twelve times
pandas.read_json(lines=True): every rule on the shape of an example decides. What the rules on texts (secrets, damaged letters,
placeholders, …) cost on top stands in a line of its own, as does the whole report with its hashes of every line.
"""
import gc
import json
import sys
import time
from pathlib import Path

import msgspec

from ftbench.checks.accept import sound_texts
from ftbench.checks.report import check_file
from ftbench.checks.rules import explain_line
from ftbench.data.typed import read_chat


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
    data = path.read_bytes()
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

    def validate():
        for number, line in enumerate(lines, 1):
            chat = read_chat(line)
            if chat is None or sound_texts(line, chat) is None: explain_line(line, number, chat)

    def explain():
        for number, line in enumerate(lines, 1): explain_line(line, number, read_chat(line))

    print(f"{path.name}: {len(lines):,} lines, {megabytes:,.0f} MB")
    baseline = seconds(lambda: with_pandas(_readable(path, lines)), 1)
    rows = [("pandas.read_json(lines=True)", baseline), ("json.loads", seconds(loads)), ("msgspec, no validation", seconds(decode)),
            ("validate: read_chat, sound_texts, failing lines explained", seconds(validate)), ("the same, texts looked at", seconds(explain)),
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
