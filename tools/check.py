"""Every check there is, in order, each with its time; ends non-zero when one fails.

    python tools/check.py              all of them
    python tools/check.py notebooks    only those named
"""
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run(*command: str) -> bool:
    return subprocess.run(command, cwd=ROOT).returncode == 0


def fingerprints() -> dict[Path, str]:
    "Hashes of everything that exporting and cleaning may touch."
    files = [ROOT / "index.ipynb", *ROOT.glob("nbs/**/*.ipynb"), *ROOT.glob("ftbench/**/*.py")]
    return {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in files if file.is_file()}


def in_step() -> bool:
    "Exporting and cleaning the notebooks changes nothing."
    before = fingerprints()
    done = run("nbdev-export") and run("nbdev-clean")
    after = fingerprints()
    changed = sorted(str(file.relative_to(ROOT)) for file in before | after if before.get(file) != after.get(file))
    for name in changed: print(f"  out of step with its notebook, or not clean: {name}")
    return done and not changed


CHECKS = {
    "in-step": in_step,
    "readme": lambda: run(sys.executable, "tools/readme.py", "--check"),
    "notebooks": lambda: run("nbdev-test", "--n-workers", "2"),
    "javascript": lambda: run("node", "--test", "tests/js/"),
    "docs": lambda: run(sys.executable, "tools/docs/build.py"),
    "tests": lambda: run(sys.executable, "-m", "pytest", "--ignore=tests/browser", "--ignore=tests/docs"),
    # apart, since Playwright keeps an event loop running in its process
    "browser": lambda: run(sys.executable, "-m", "pytest", "tests/browser"),
    "site": lambda: run(sys.executable, "-m", "pytest", "tests/docs"),
}


@contextmanager
def own_home():
    "Journals, jobs and the local server of this run stay out of the person's own home, and end with it."
    with tempfile.TemporaryDirectory(prefix="ftbench-check-", ignore_cleanup_errors=True) as folder:
        os.environ["FTBENCH_HOME"] = folder
        try: yield
        finally: run(sys.executable, "-c", "from ftbench.jobs.service import stop; stop()")


def main() -> int:
    failed = []
    with own_home():
        for name in sys.argv[1:] or CHECKS:
            print(f"== {name}", flush=True)
            started = time.monotonic()
            if not CHECKS[name](): failed.append(name)
            print(f"== {name}: {'FAILED' if name in failed else 'ok'} in {time.monotonic() - started:.0f} s", flush=True)
    print(f"failed: {', '.join(failed)}" if failed else "every check passed")
    return 1 if failed else 0


if __name__ == "__main__": sys.exit(main())
