"""Saving an edited file beside copying it, one edit, and one step of very many; bars: save 2 times a copy with fsync, an edit 5 ms, index 1 s for a GB.

    python tests/benchmarks/bench_save.py LARGE.jsonl [ROUNDS]

LARGE.jsonl is a file made by ../shared/data/make_large.py; it is only read. Twice its size must be free beside it.
"""
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from ftbench.data.dataset import open_dataset
from ftbench.data.edit.edits import DeleteExample, InsertExample, ReplaceExample
from ftbench.data.file.lines import Lines

EDITS = 1_000 # spread over the file, before a save
STEP = 100_000 # edits in one step


def timed(action) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    handle = os.open(target, os.O_RDWR)
    os.fsync(handle)
    os.close(handle)


def held() -> str:
    "Memory beside the mapped file, where the system tells."
    status = Path("/proc/self/status")
    kilobytes = [line.split()[1] for line in status.read_text().splitlines() if line.startswith("RssAnon")] if status.exists() else []
    return f"{int(kilobytes[0]) / 1024:,.0f} MB held beside the mapped file" if kilobytes else "memory unknown"


def saving(path: Path, rounds: int) -> None:
    "Copy and save in turns, the one first and then the other; what one leaves to be written is on disk before the next begins."
    folder = Path(tempfile.mkdtemp(dir=path.parent))
    try:
        copy(path, folder / "edited.jsonl")
        dataset, copied, saved = open_dataset(folder / "edited.jsonl"), [], []
        last = len(dataset)
        for number in range(rounds):
            dataset.apply(*(ReplaceExample(last * at // EDITS, {"messages": [], "note": number}) for at in range(EDITS)))
            turns = [(copied, lambda: copy(dataset.path, folder / "copy.jsonl")), (saved, dataset.save)]
            for seconds, action in turns if number % 2 else reversed(turns):
                (folder / "copy.jsonl").unlink(missing_ok=True)
                os.sync()
                seconds.append(timed(action))
        dataset.close()
        ratios = [f"{save / plain:.2f}" for save, plain in zip(saved, copied)]
        print(f"copy with fsync {median(copied):.2f} s, save with {EDITS:,} edits {median(saved):.2f} s, medians of {rounds}: "
              f"{median(saved) / median(copied):.2f} times (bar 2); round by round {', '.join(ratios)}")
    finally: shutil.rmtree(folder)


def single(dataset) -> None:
    "One edit and its undo, each on disk when it returns, beside a small write with fsync in the journal's folder."
    middle, plain, edited, undone = len(dataset) // 2, [], [], []
    with open(Path(os.environ["FTBENCH_HOME"]) / "plain", "wb") as file:
        for number in range(50):
            plain.append(timed(lambda: (file.write(bytes(4096)), file.flush(), os.fsync(file.fileno()))))
            edited.append(timed(lambda: dataset.apply(ReplaceExample(middle, {"messages": [], "note": number}))))
            undone.append(timed(dataset.undo))
    one, other, disk = (1000 * median(seconds) for seconds in (edited, undone, plain))
    print(f"an edit {one:.1f} ms, its undo {other:.1f} ms, durable (bar 5), a write with fsync {disk:.1f} ms; medians of 50")


def steps(path: Path) -> None:
    "Steps of one edit and of very many."
    folder, rng = Path(tempfile.mkdtemp(dir=path.parent)), random.Random(7)
    try:
        (folder / "large.jsonl").symlink_to(path)
        os.environ["FTBENCH_HOME"] = str(folder) # no journal beside the file
        dataset = open_dataset(folder / "large.jsonl")
        count = len(dataset)
        single(dataset)
        kinds = {"insertions": [InsertExample(rng.randrange(count), '{"messages": []}') for _ in range(STEP)],
                 "deletions": [DeleteExample(rng.randrange(count - STEP)) for _ in range(STEP)],
                 "replacements": [ReplaceExample(rng.randrange(count), '{"messages": []}') for _ in range(STEP)]}
        for name, edits in kinds.items():
            seconds = timed(lambda: dataset.apply(*edits))
            print(f"{STEP:,} {name} among {count:,} examples, one durable step: {seconds:.1f} s, undone in {timed(dataset.undo):.1f} s; {held()}")
        dataset.close()
    finally: shutil.rmtree(folder)


def main() -> None:
    if len(sys.argv) < 2: sys.exit(__doc__)
    path, rounds = Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 5
    size = path.stat().st_size / 1e9
    indexed = min(timed(lambda: Lines(path).close()) for _ in range(rounds))
    print(f"{path.name}: {size:.2f} GB; lines found in {indexed:.2f} s, {indexed / size:.2f} s for a GB (bar 1)")
    saving(path, rounds)
    steps(path)


if __name__ == "__main__": main()
