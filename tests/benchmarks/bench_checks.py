"""How fast lines are validated, beside pandas and a loop of json.loads in the same run.

    python tests/benchmarks/bench_checks.py large.jsonl

`../shared/data/make_large.py --n 200000 --out large.jsonl` makes a file. Times are CPU seconds of the process, the best of five, taken in
turns (of pandas, which needs gigabytes, the best of two, of a copy without the lines it would stop at), so that other work on the
machine weighs little; one core does all of it. The bar of the design is one validation pass at 300 MB/s or
more, twelve times pandas.read_json(lines=True): every rule on the shape of an example decides. What the rules on texts (secrets,
damaged letters, placeholders, …) cost on top stands in a line of its own, as does the whole report with its hashes of every line.
Lines are taken in blocks, by the very function by which the pass over a data set takes them. Where they begin is found once, when a
file is opened: this has a line of its own here, and is no part of the others, whose lines stand ready in a list.
"""
import gc
import json
import sys
import time
from pathlib import Path

import msgspec

from ftbench.checks.accept import sound_lines
from ftbench.checks.report import check_file
from ftbench.checks.rules import explain_line, explain_lines
from ftbench.data.file.lines import Lines
from ftbench.data.messages import messages_in
from ftbench.data.table.measure import block_in
from ftbench.data.typed import read_chats

BLOCK = 256 # lines, as in the pass over a data set
ROUNDS = 5


def seconds(work) -> float:
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def with_pandas(path: Path):
    import pandas
    return pandas.read_json(path, lines=True)


def main() -> None:
    path = Path(sys.argv[1])
    data = path.read_bytes()
    lines, found = data.splitlines(), Lines(path)
    megabytes = len(data) / 1e6
    untyped = msgspec.json.Decoder().decode

    def loads():
        for line in lines:
            try: json.loads(line)
            except ValueError: pass # a faulty line; this baseline only goes on

    def decode():
        for line in lines:
            try: untyped(line)
            except msgspec.DecodeError: pass # the same

    def find():
        lines = Lines(path)
        lines.wait()
        lines.close()

    def blocks():
        for first in range(0, len(found), BLOCK): yield first, block_in(found, range(first, min(first + BLOCK, len(found))))

    def validate():
        for first, block in blocks():
            for place in sound_lines(block, messages_in(read_chats(block))): explain_line(block.line(place), first + place + 1, None)

    def explain():
        for first, block in blocks(): explain_lines(block, range(first + 1, first + len(block.ends) + 1), messages_in(read_chats(block)))

    print(f"{path.name}: {len(lines):,} lines, {megabytes:,.0f} MB")
    works = {"json.loads": loads, "msgspec, no validation": decode, "lines found, once when a file is opened": find,
             "validate: decoded, shape checked, failing lines explained": validate, "the same, texts looked at": explain}
    turns = [[seconds(work) for work in works.values()] for _ in range(ROUNDS)]
    readable = _readable(path, lines)
    baseline = min(seconds(lambda: with_pandas(readable)) for _ in range(2))
    rows = [("pandas.read_json(lines=True)", baseline), *zip(works, map(min, zip(*turns))), ("check_file: the whole report", seconds(lambda: check_file(path)))]
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
