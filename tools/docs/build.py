"""Build the documentation site into _docs: every notebook run, as a page, with search, and nothing loaded from outside.

    python tools/docs/build.py
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from gallery import DRAWINGS, PICTURES, page as gallery_page
from symbols import ROOT, api_label, documented, modules, source_page

HERE, SITE, WORK = ROOT / "tools" / "docs", ROOT / "_docs", ROOT / "build" / "docs"
ROOMS = {"tutorials": "Tutorials", "core": "Core", "data": "Data", "checks": "Checks", "engine": "Engine", "server": "Server", "jobs": "Jobs",
         "evals": "Evals", "charts": "Charts", "widgets": "Widgets", "cli": "Shell"}


def code_cells(notebook: Path) -> list[str]:
    "The sources of a notebook's code cells."
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def exported_module(notebook: Path) -> str:
    "The module a notebook exports, empty when none."
    found = [match[1] for source in code_cells(notebook) if (match := re.search(r"^#\|\s*default_exp\s+(\S+)", source, re.MULTILINE))]
    return f"ftbench.{found[0]}" if found else ""


def linkable(work: list[tuple[Path, str, Path]]) -> dict[str, str]:
    "Every name that one page alone documents, with its label."
    found: dict[str, list[str]] = {}
    for notebook, module, _ in work:
        for source in code_cells(notebook):
            if not re.match(r"#\|\s*export\s*$", source, re.MULTILINE): continue
            for name in documented(source): found.setdefault(name, []).append(api_label(module, name))
    return {name: labels[0] for name, labels in found.items() if len(labels) == 1}


def work_list() -> list[tuple[Path, str, Path]]:
    "Every notebook with its module and the page it becomes."
    found = [(ROOT / "index.ipynb", "", WORK / "index.ipynb")]
    for room in ROOMS:
        for notebook in sorted((ROOT / "nbs" / room).rglob("*.ipynb"), key=lambda path: (len(path.parts), path)):
            found.append((notebook, exported_module(notebook), WORK / notebook.relative_to(ROOT / "nbs")))
    return found


def run_all(work: list[tuple[Path, str, Path]]) -> None:
    "Run the notebooks in a few processes, one after the other in each, as nbdev-test does."
    with ProcessPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        from notebooks import NotebookFailed, page
        names = linkable(work)
        failed = []
        for notebook, done in [(each[0], pool.submit(page, *each, names)) for each in work]:
            try: done.result()
            except NotebookFailed as error: failed.append(f"{notebook.relative_to(ROOT)} does not run:\n{error}")
    if failed: raise SystemExit("\n".join(failed))


def contents(work: list[tuple[Path, str, Path]]) -> str:
    "The rooms in order, as the sidebar shows them."
    blocks = []
    for room, title in ROOMS.items():
        targets = [target.relative_to(WORK).with_suffix("").as_posix() for _, _, target in work]
        pages = [target for target in targets if target.startswith(f"{room}/")] + (["gallery"] if room == "tutorials" else [])
        if pages: blocks.append("\n".join([f"```{{toctree}}\n:caption: {title}\n:hidden:\n:maxdepth: 1\n", *pages, "```"]))
    return "\n\n".join([*blocks, "```{toctree}\n:caption: Project\n:hidden:\n:maxdepth: 1\n\nCONTRIBUTING\nCHANGELOG\n```"])


def write_pages(work: list[tuple[Path, str, Path]]) -> None:
    "Everything Sphinx reads."
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    shutil.copy(HERE / "conf.py", WORK)
    shutil.copytree(HERE / "static", WORK / "static")
    for folder in (PICTURES, DRAWINGS): shutil.copytree(folder, WORK / folder.name)
    (WORK / "gallery.md").write_text(gallery_page(), encoding="utf-8")
    for name in ("CONTRIBUTING.md", "CHANGELOG.md"): shutil.copy(ROOT / name, WORK)
    for module, file in modules().items():
        target = WORK / "source" / f"{module}.md"
        target.parent.mkdir(exist_ok=True)
        target.write_text(source_page(module, file), encoding="utf-8")
    run_all(work)
    front = json.loads((WORK / "index.ipynb").read_text(encoding="utf-8").replace("tools/docs/pictures/", "pictures/")) # they lie beside it here
    front["cells"].append({"cell_type": "markdown", "id": "contents", "metadata": {}, "source": contents(work)})
    (WORK / "index.ipynb").write_text(json.dumps(front), encoding="utf-8")


_LOADED = re.compile(r"""<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc\s*=\s*["']?(?:https?:)?//[^"'\s>]+"""
                     r"""|<link\b[^>]*\brel=["']?(?:stylesheet|preload|icon|preconnect)[^>]*href=["']?(?:https?:)?//[^"'\s>]+"""
                     r"""|@import\s+(?:url\()?["']?(?:https?:)?//[^"')]+|url\(\s*["']?(?:https?:)?//[^"')]+""", re.IGNORECASE)


def loads_from_outside() -> list[str]:
    "What the pages and styles of the site would fetch from another host."
    return [f"{file.relative_to(SITE)}: {found[0][:120]}" for kind in ("html", "css") for file in sorted(SITE.glob(f"**/*.{kind}"))
            for found in _LOADED.finditer(file.read_text(encoding="utf-8"))]


def main() -> int:
    started = time.monotonic()
    # the pages show what a stranger sees: not the samples as the person who builds them has edited them, nor that person's jobs
    with tempfile.TemporaryDirectory(prefix="ftbench-docs-", ignore_cleanup_errors=True) as home:
        os.environ["FTBENCH_HOME"] = home
        try: write_pages(work_list())
        finally: subprocess.run([sys.executable, "-c", "from ftbench.jobs.service import stop; stop()"])
    print(f"notebooks run in {time.monotonic() - started:.0f} s", flush=True)
    from sphinx.cmd.build import main as sphinx
    shutil.rmtree(SITE, ignore_errors=True)
    if sphinx(["-b", "html", "-q", "-W", "--keep-going", "-d", str(WORK.parent / "doctrees"), str(WORK), str(SITE)]): return 1
    if outside := loads_from_outside():
        print("The site would load from outside:", *outside, sep="\n  ")
        return 1
    print(f"{SITE.relative_to(ROOT)}/index.html in {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__": sys.exit(main())
