"""Every check there is, each with its time; ends non-zero when one fails.

    python tools/check.py              all of them: first whether modules and notebooks are in step, then three at a time
    python tools/check.py notebooks    only those named, in order
"""
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run(*command: str) -> bool:
    if not shutil.which(command[0]):
        print(f"  {command[0]} is not installed")
        return False
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


def client_environment(requirements: Path) -> Path | None:
    "The Python of a small environment with an older `openai`, kept between runs; None when it cannot be made."
    folder = ROOT / ".clients" / requirements.stem
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    made_of = folder / "requirements.txt"
    if made_of.is_file() and made_of.read_bytes() == requirements.read_bytes(): return python
    if not run(sys.executable, "-m", "venv", "--clear", str(folder)): return None
    if not run(str(python), "-m", "pip", "install", "--quiet", "--requirement", str(requirements)): return None
    made_of.write_bytes(requirements.read_bytes())
    return python


@contextmanager
def serving():
    "A server with a home of its own, which it yields."
    with tempfile.TemporaryDirectory(prefix="ftbench-clients-", ignore_cleanup_errors=True) as home:
        server = subprocess.Popen([sys.executable, "-m", "ftbench.server.serve", "--home", home], cwd=ROOT)
        try:
            deadline = time.monotonic() + 120
            while not (Path(home) / "server.json").exists() and server.poll() is None and time.monotonic() < deadline: time.sleep(.05)
            yield home
        finally:
            server.terminate()
            server.wait(timeout=120)


def conforms(python: Path) -> bool:
    command = [str(python), "-m", "pytest", "--confcutdir=tests/server", "-p", "no:cacheprovider", "tests/server/test_conformance.py"]
    with serving() as home: return subprocess.run(command, cwd=ROOT, env={**os.environ, "FTBENCH_SERVER": home}).returncode == 0


def clients() -> bool:
    "Older `openai` clients find nothing amiss with the server: the conformance suite in their own environments."
    found = sorted((ROOT / "tests" / "server" / "clients").glob("*.txt"))
    pythons = [client_environment(requirements) for requirements in found]
    if not found or None in pythons: return False
    with ThreadPoolExecutor(len(pythons)) as threads: return all(list(threads.map(conforms, pythons)))


def suite(name: str, *which: str) -> tuple[str, ...]:
    "A command that runs tests; what failed is remembered under a name of its own, since suites run side by side."
    return (sys.executable, "-m", "pytest", *which, "-o", f"cache_dir=.pytest_cache/{name}")


# apart, since Playwright keeps an event loop running in its process
SUITES = {"browser": suite("browser", "tests/browser"), "tests": suite("tests", "--ignore=tests/browser", "--ignore=tests/docs")}
CHECKS = {
    "in-step": in_step,
    "readme": lambda: run(sys.executable, "tools/readme.py", "--check"),
    "notebooks": lambda: run("nbdev-test", "--n-workers", "2"),
    "browser": lambda: run(*SUITES["browser"], "--maxfail=8"),
    "tests": lambda: run(*SUITES["tests"]),
    "docs": lambda: run(sys.executable, "tools/docs/build.py"),
    "site": lambda: run(sys.executable, "-m", "pytest", "tests/docs"),
    "clients": clients,
    "javascript": lambda: run("node", "--test", "--test-reporter=spec", "tests/js/"), # what failed comes last
}
FIRST = ("in-step", "readme") # may write to notebooks and modules, so nothing runs beside them
WITHIN = {"notebooks": "docs"} # what another check does, too: every page of the documentation is a notebook that was run
FOLLOWS = {"docs": "site"} # reads what the other wrote
FEW = 5 # tests of a suite that are tried once more


@contextmanager
def own_home():
    "Journals, jobs and the local server of this run stay out of the person's own home, and end with it."
    with tempfile.TemporaryDirectory(prefix="ftbench-check-", ignore_cleanup_errors=True) as folder:
        os.environ["FTBENCH_HOME"] = folder
        try: yield
        finally: run(sys.executable, "-c", "from ftbench.jobs.service import stop; stop()")


def in_turn(names) -> list[str]:
    "Run these checks one after the other; returns those that failed."
    failed = []
    with own_home():
        for name in names:
            print(f"== {name}", flush=True)
            started = time.monotonic()
            if not CHECKS[name](): failed.append(name)
            print(f"== {name}: {'FAILED' if name in failed else 'ok'} in {time.monotonic() - started:.0f} s", flush=True)
    return failed


def apart(names: tuple[str, ...]) -> dict[str, list[str]]:
    "Run these checks in a process of their own, each line marked with its check; returns all that the failed ones said."
    name, said = names[0], {names[0]: []}
    checks = subprocess.Popen([sys.executable, __file__, *names], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    if "browser" not in names and hasattr(os, "setpriority"): os.setpriority(os.PRIO_PROCESS, checks.pid, 5) # people's gestures go first
    for line in checks.stdout:
        if begins := re.fullmatch(r"== ([\w-]+)\n", line): name = begins[1]
        said.setdefault(name, []).append(line)
        print(f"{name:>10} | {line}", end="", flush=True)
    checks.wait()
    return {name: lines for name, lines in said.items() if not any(line.startswith(f"== {name}: ok") for line in lines)}


def why(name: str, said: list[str]) -> tuple[str, str]:
    "How a check ended, up to pytest's summary; and what failed, each with the first lines of its error."
    marked = [f"{name:>10} | {line[:160].rstrip()}" for line in said]
    summary = next((at for at, line in enumerate(said) if "short test summary info" in line), len(said))
    error, told = 0, []
    for line, shown in zip(said, marked):
        error = error + 1 if line.startswith("E  ") else 0
        if 1 <= error <= 4 or re.match(r"FAILED |ERROR |_{3,} .* _{3,}$|.* does not run:$", line): told.append(shown)
    return "\n".join(marked[max(0, summary - 40):summary]), "\n".join(told)


def passed_alone(command: tuple[str, ...], said: list[str]) -> list[str]:
    """The tests of a suite that failed and pass when the machine is theirs; none if one of them fails again, or if many failed.

    A browser, a notebook server, a kernel and workers that are killed and replaced may starve beside two other checks on two cores. What
    is broken fails again, and what passes only now is named at the end, to be mended.
    """
    named = [line[:160].rstrip() for line in said if line.startswith(("FAILED ", "ERROR "))]
    if not 0 < len(named) <= FEW: return []
    with own_home(): return named if run(*command, "--last-failed", "--last-failed-no-failures=none") else []


def everything() -> list[str]:
    "Run every check; returns those that failed, and says last of all why, since often only the end is kept."
    rest = [(name, FOLLOWS[name]) if name in FOLLOWS else (name,) for name in CHECKS if name not in {*FIRST, *FOLLOWS.values(), *WITHIN}]
    said = apart(FIRST)
    with ThreadPoolExecutor(3) as threads:
        for each in threads.map(apart, rest): said |= each
    unsteady = {name: passed_alone(command, said[name]) for name, command in SUITES.items() if name in said}
    for part in zip(*[why(name, lines) for name, lines in said.items()]): print(*part, sep="\n")
    if any(unsteady.values()): print("UNSTEADY, passed only when tried once more alone:", *chain(*unsteady.values()), sep="\n  ")
    return [name for name in said if not unsteady.get(name)]


def main() -> int:
    failed = in_turn(sys.argv[1:]) if sys.argv[1:] else everything()
    print(f"failed: {', '.join(failed)}" if failed else "every check passed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__": sys.exit(main())
