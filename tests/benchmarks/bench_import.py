"""What `import ftbench` costs over a bare interpreter; bar: 60 ms.

    python tests/benchmarks/bench_import.py
"""
import statistics
import subprocess
import sys
import time

PAIRS = 15


def seconds(code: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - started


def main() -> None:
    seconds("import ftbench")  # writes the bytecode
    pairs = [(seconds("pass"), seconds("import ftbench")) for _ in range(PAIRS)]
    bare, ours = (statistics.median(side) for side in zip(*pairs))
    extra = statistics.median(loaded - empty for empty, loaded in pairs)
    print(f"bare interpreter {bare * 1000:.0f} ms, with import ftbench {ours * 1000:.0f} ms: "
          f"{ours / bare:.2f} times, {extra * 1000:.0f} ms more (bar 60 ms), median of {PAIRS} pairs")


if __name__ == "__main__": main()
