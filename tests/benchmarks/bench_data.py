"""How fast a large file opens, is looked through, filtered, sorted, searched and edited:

    python tests/benchmarks/bench_data.py FILE          # JSON Lines, such as ../shared/data/make_large.py makes
    python tests/benchmarks/bench_data.py               # makes 20,000 examples of its own beside the repository's shared data

The file is only read; what ftbench keeps goes to a temporary workspace. Beside each figure stands what a notebook would
do (json, tiktoken, pandas) on the same data in the same run. CPU milliseconds are what counts on a machine that does other
work too; wall milliseconds stand beside them. Memory is what a fresh process that only opens the file and measures it holds
besides the mapped file (Linux): the interpreter, the libraries and the vocabulary among it, the baselines of this script not.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from bench_tokens import notebook

SLICE = 8000 # lines a notebook-style pass is measured on, taken from the whole file
PARTS = 8 # of both passes, which take turns: what else the machine does meets both alike
PAGE = 50


def timed(work, times=5):
    """The least CPU and wall milliseconds of a few calls, and what the last one gave."""
    figures = []
    for _ in range(times):
        cpu, wall = time.process_time(), time.perf_counter()
        result = work()
        figures.append((1000 * (time.process_time() - cpu), 1000 * (time.perf_counter() - wall)))
    return min(cpu for cpu, _ in figures), min(wall for _, wall in figures), result


def held():
    """Megabytes of memory besides mapped files."""
    status = Path("/proc/self/status")
    if not status.exists(): return float("nan")
    return next(int(line.split()[1]) / 1024 for line in status.read_text().splitlines() if line.startswith("RssAnon"))


def show(name, cpu, wall, bar="", beside=""):
    print(f"{name:44}{cpu:12,.2f}{wall:12,.2f}   {bar:14}{beside}", flush=True)


def memory(path):
    """Megabytes that a process of its own holds before, at most during and after the whole pass, the keeping of its columns included."""
    import ftbench as ft
    ds, ended = ft.open(path), threading.Event()
    before = most = held()

    def look(progress):
        if progress == 1: ended.set()
    ds.columns.watch(look)
    ds.columns.start()
    while not ended.wait(.01): most = max(most, held())
    print(f"{before:12,.0f}{most:12,.0f}{held():12,.0f} MB")
    ds.close()


def notebook_pass(lines, folder):
    """What the cookbook's notebook does with some lines: a list of dicts, format checks, tiktoken for every message, once more for answers, distributions."""
    part = Path(folder, "part.jsonl")
    part.write_bytes(b"".join(line.rstrip(b"\n") + b"\n" for line in lines))
    work = notebook(part, len(lines))
    next(work) # loads the vocabulary
    return timed(lambda: next(work), 1)[:2]


def advance(columns, until):
    """Let the pass go on, up to a part of the examples."""
    if until == 1: return columns.wait(shown=False)
    columns.start()
    while columns.progress < until: time.sleep(.01)
    columns.cancel()


def bench_pass(ft, path):
    from ftbench.data.count.counter import encoding
    from ftbench.data.table.measure import measurer
    cpu, wall, ds = timed(lambda: ft.open(path), 1)
    first_cpu, first_wall, _ = timed(lambda: [ds[index] for index in range(PAGE)], 1)
    show("open and read the first 50 examples", cpu + first_cpu, wall + first_wall, "< 500 wall")
    cpu, wall, _ = timed(lambda: ds.select("").page(0, PAGE, now=False), 1)
    show("the first page, its tokens not counted yet", cpu, wall, "< 500 wall", "all lines found; the vocabulary loads meanwhile")
    ds.columns.cancel() # measured below, all at once
    measurer(), encoding() # the vocabularies load outside the clock
    with ds.held() as held: lines = [held.raw(line) for line in held.example_lines()[::max(1, len(ds) // SLICE)].tolist()]
    turns = [(*notebook_pass(lines[part::PARTS], os.environ["FTBENCH_HOME"]), *timed(lambda: advance(ds.columns, (part + 1) / PARTS), 1)[:2]) for part in range(PARTS)]
    book_cpu, book, cpu, wall = map(sum, zip(*turns))
    collected, waited, _ = timed(ds.signatures.wait, 1)
    size = path.stat().st_size / 1e6
    times, cpu_times = (notebook / len(lines) / (ours / len(ds)) for notebook, ours in ((book, wall), (book_cpu, cpu)))
    show("pass: check, count, measure", cpu, wall, ">= 8x", f"{times:.1f}x a notebook's pass ({1000 * book / len(lines):.0f} us a line; of CPU {cpu_times:.1f}x); {size / wall * 1000:,.0f} MB/s")
    show("words collected for searches", collected, waited, "", "in the background, once for a file")
    print(f"{'memory: opened, most, after the pass':44}", end="", flush=True)
    with tempfile.TemporaryDirectory() as folder: # its own workspace, so that nothing is known of the file
        subprocess.run([sys.executable, __file__, path, "--memory"], check=True, env={**os.environ, "FTBENCH_HOME": folder})
    return ds


def bench_queries(ds):
    import pandas
    ds.columns.tokens
    frame = pandas.DataFrame({name: getattr(ds.columns, name) for name in ("tokens", "turns", "tools", "errors")})
    middle = len(ds) // 2
    cpu, wall, rows = timed(lambda: ds.page(middle, middle + PAGE))
    show(f"page of {PAGE}", cpu, wall, "<= 5", f"{len(json.dumps(rows, ensure_ascii=False).encode()):,} bytes as JSON (<= 20,000)")
    for query, like in [("tokens:>500 turns:3..8", lambda: len(frame[(frame.tokens > 500) & frame.turns.between(3, 8)])),
                        ("finding:error or tools:>1", lambda: len(frame[(frame.errors > 0) | (frame.tools > 1)]))]:
        book, _, wanted = timed(like)
        cpu, wall, found = timed(lambda: len(fresh(ds).select(query)))
        if found != wanted: raise SystemExit(f"{query}: {found} are not {wanted}")
        show(f"filter and count: {query}", cpu, wall, "<= 10", f"{book / cpu:.1f}x pandas ({book:.1f} ms)")
    for query, like in [("sort:-tokens", lambda: frame.sort_values("tokens", ascending=False, kind="stable").index[:PAGE]),
                        ("tokens:>100 sort:-turns", lambda: frame[frame.tokens > 100].sort_values("turns", ascending=False, kind="stable").index[:PAGE])]:
        book, _, wanted = timed(like, 3)
        cpu, wall, view = timed(lambda: fresh(ds).select(query)[:PAGE])
        if list(view.numbers) != list(wanted): raise SystemExit(f"{query}: another order than pandas")
        show(f"first {PAGE} by {query}", cpu, wall, "<= 50", f"{book / cpu:.1f}x pandas ({book:.1f} ms)")


def fresh(ds):
    """The data set, with what it remembers of the last query forgotten."""
    ds._searched = (None, None)
    return ds


def bench_search(ds, path):
    size = path.stat().st_size / 1e6
    for query in ("the", "refund", "photosynthesis", '"how many"', r"/photo\w+s/", "role:assistant:sorry"):
        cpu, wall, found = timed(lambda: len(fresh(ds).select(query)[:PAGE]), 3)
        show(f"first {PAGE} with {query}", cpu, wall, "<= 20", "" if found == PAGE else f"only {found} in the whole file")
    for query in ("photosynthesis", "qqxzzq"):
        cpu, wall, found = timed(lambda: len(fresh(ds).select(query)), 1)
        show(f"all with {query}: {found:,}", cpu, wall, "", f"{size / cpu * 1000:,.0f} MB/s")


def bench_edits(ds):
    from ftbench.data.edit.edits import DeleteExample, SetContent
    middle, columns = len(ds) // 2, ds.columns

    def totals(): return int(columns.tokens.sum()), int(columns.errors.sum()), int((columns.share > .5).sum())
    texts = iter(f"Another question {number}?" for number in range(100))

    def edit():
        ds.apply(SetContent(middle, 0, next(texts)))
        return totals()
    show("edit, journal and fresh totals", *timed(edit)[:2], "<= 15")
    show("undo and fresh totals", *timed(lambda: (ds.undo(), totals()), 3)[:2], "<= 15")
    show("delete an example and fresh totals", *timed(lambda: (ds.apply(DeleteExample(middle)), totals()), 3)[:2])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--memory", action="store_true", help="only the memory of the whole pass")
    given, only_memory = vars(parser.parse_args()).values()
    if only_memory: return memory(given)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FTBENCH_HOME"] = folder
        path = given.resolve() if given else Path(folder, "large.jsonl")
        if not given:
            maker = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "make_large.py"
            subprocess.run([sys.executable, maker, "--n", "20000", "--out", path], check=True, stdout=subprocess.DEVNULL)
        import ftbench as ft
        print(f"{path.name}: {path.stat().st_size / 1e6:,.0f} MB\n{'':44}{'CPU ms':>12}{'wall ms':>12}   {'bar':14}")
        ds = bench_pass(ft, path)
        bench_queries(ds)
        bench_search(ds, path)
        ds.close()
        cpu, wall, ds = timed(lambda: ft.open(path), 1)
        ready_cpu, ready_wall, _ = timed(lambda: ds.columns.wait(shown=False), 1)
        show(f"{len(ds):,} examples: open again, columns kept", cpu + ready_cpu, wall + ready_wall)
        bench_edits(ds)
        ds.close()


if __name__ == "__main__": main()
