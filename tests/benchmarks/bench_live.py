"""What a running job costs on the wire: a live point (bar: 500 B) and the whole picture of 100,000 steps drawn anew (bar: 20 kB).

python tests/benchmarks/bench_live.py [STEPS]
"""
import json
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "widgets"), str(Path(__file__).parents[1])]
from test_monitor import made, metrics

from ftbench.widgets.monitor import Monitor


def size(message) -> int: return len(json.dumps(message, separators=(",", ":")).encode())


def main(steps: int = 100_000) -> None:
    total = steps + 200
    job = made(steps, total)
    kept = job.checkpoints()[-3:]
    job.checkpoints = lambda: kept
    monitor, heard = Monitor(job), []
    monitor.subscribe(heard.append)
    started = time.process_time()
    state = monitor.state()
    whole = time.process_time() - started
    started = time.process_time()
    for step in range(steps + 1, steps + 101):
        job.told.append(metrics(step, total))
        monitor._news(job)
    each = (time.process_time() - started) / 100
    sizes = [size({"tell": message}) for message in heard]
    rows = [("live point, largest of 100", max(sizes), 500), (f"redraw of {steps:,} steps", size(state), 20_000)]
    for name, found, bar in rows: print(f"{name:<34}{found:>8,} B  bar {bar:>6,} B  {found / bar:4.0%}  {'ok' if found <= bar else 'TOO LARGE'}")
    print(f"in Python: {whole * 1000:,.0f} ms for the picture, {each * 1000:.2f} ms for a point (CPU)")
    if any(found > bar for _, found, bar in rows): raise SystemExit(1)


if __name__ == "__main__": main(*map(int, sys.argv[1:]))
