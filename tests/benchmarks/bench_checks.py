"""How fast lines are validated, beside pandas and a loop of json.loads in the same run.

    python tests/benchmarks/bench_checks.py large.jsonl

`../shared/data/make_large.py --n 200000 --out large.jsonl` makes a file. Both the CPU seconds of all processes and the seconds by the clock
are shown, the best of five, taken in turns (of pandas, which needs gigabytes, the best of two, of a copy without the lines it would stop
at). The bar of the design, measured on two cores, is one validation pass at 300 MB/s or more, twelve times
pandas.read_json(lines=True): every rule on the shape of an example decides. What the rules on texts (secrets, damaged letters,
placeholders, …) cost on top stands in a line of its own, as does the whole report with its hashes of every line; each by one process
and by one process for each core, as `check_file` does it. Where lines begin is found once, when a file is opened: this has a line of its
own here, and is no part of the others, whose lines stand ready in a list.
"""
import gc
import json
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from ftbench.checks.accept import sound_lines
from ftbench.checks.line_pass import check_lines
from ftbench.checks.profiles import profile_of
from ftbench.checks.reading import contents
from ftbench.checks.report import check_file
from ftbench.checks.rules import explain_line, explain_lines
from ftbench.data.file.lines import Lines
from ftbench.data.messages import messages_in
from ftbench.data.table.measure import block_in
from ftbench.data.typed import read_chats

BLOCK = 256 # lines, as in the pass over a data set
ROUNDS = 5
CORES = len(os.sched_getaffinity(0))


def seconds(work) -> tuple[float, float]:
    "Of the CPU, with all processes that were started; and by the clock."
    gc.collect()
    start, used = time.perf_counter(), cpu_seconds()
    work()
    return cpu_seconds() - used, time.perf_counter() - start


def cpu_seconds() -> float:
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in both)


def best(taken: list[tuple[float, float]]) -> tuple[float, float]: return tuple(map(min, zip(*taken)))


def on_all_cores(work, count: int) -> None:
    "Call `work(first, after)` for the parts of `count` lines, each in a process."
    workers = [multiprocessing.get_context("fork").Process(target=work, args=(count * core // CORES, count * (core + 1) // CORES)) for core in range(CORES)]
    for each in workers: each.start()
    for each in workers: each.join()
    if any(each.exitcode for each in workers): raise SystemExit("a process failed")


def with_pandas(path: Path):
    import pandas
    return pandas.read_json(path, lines=True)


def baselines(path: Path, lines: list[bytes]) -> list[tuple[str, Callable]]:
    "What others do with the lines, and how long they take to be found."
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
    return [("json.loads", loads), ("msgspec, no validation", decode), ("lines found, once when a file is opened", find)]


def checks(path: Path, found: Lines) -> list[tuple[str, Callable]]:
    "Ours, by one process and by one for each core."
    def blocks(first: int, after: int):
        for start in range(first, after, BLOCK): yield start, block_in(found, range(start, min(start + BLOCK, after)))

    def validate(first: int = 0, after: int = len(found)):
        for start, block in blocks(first, after):
            for place in sound_lines(block, messages_in(read_chats(block))): explain_line(block.line(place), start + place + 1, None)

    def explain(first: int = 0, after: int = len(found)):
        for start, block in blocks(first, after): explain_lines(block, range(start + 1, start + len(block.ends) + 1), messages_in(read_chats(block)))
    return [("validate: decoded, shape checked, faults explained", validate), ("the same on all cores", partial(on_all_cores, validate, len(found))),
            ("validate, texts looked at", explain), ("the same on all cores", partial(on_all_cores, explain, len(found))),
            ("the whole report", lambda: check_lines(contents(path).lines, profile_of("openai"))), ("check_file: the same on all cores", lambda: check_file(path))]


def main() -> None:
    path = Path(sys.argv[1])
    lines, megabytes = path.read_bytes().splitlines(), path.stat().st_size / 1e6
    names, works = zip(*baselines(path, lines), *checks(path, Lines(path)))
    print(f"{path.name}: {len(lines):,} lines, {megabytes:,.0f} MB, {CORES} cores")
    turns = [[seconds(work) for work in works] for _ in range(ROUNDS)]
    readable = _readable(path, lines)
    baseline = best([seconds(lambda: with_pandas(readable)) for _ in range(2)])
    print(f"{'':<52}{'CPU':>8}{'MB/s':>7}{'x pandas':>10}{'clock':>10}{'MB/s':>7}{'x pandas':>10}")
    for name, taken in [("pandas.read_json(lines=True)", baseline), *zip(names, map(best, zip(*turns)))]:
        print(f"{name:<52}" + "  ".join(f"{each:6.2f} s{megabytes / each:7.0f}{theirs / each:10.1f}" for each, theirs in zip(taken, baseline)))


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
