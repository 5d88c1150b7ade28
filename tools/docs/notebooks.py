"""Run one notebook and turn it into a page: nbdev's directives obeyed, exported cells replaced by their documentation."""
import os
import re
import sys
from pathlib import Path

os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")

import nbformat
from execnb.shell import CaptureShell
from fastcore.ansi import strip_ansi
from fastcore.nbio import mk_cell, read_nb, write_nb
from fastcore.xtras import working_directory
from nbdev.process import NBProcessor, Processor
from nbdev.processors import clean_magics, hide_, hide_line, populate_language, rm_export, rm_header_dash

from symbols import documentation, documented

# The best that a page without a kernel can show, first.
PREFERRED = ("text/html", "image/svg+xml", "image/png", "image/jpeg", "text/markdown", "text/plain")


class NotebookFailed(Exception):
    "A cell of a notebook raised."


class run_cells(Processor):
    "Run every cell, as nbdev-test does."
    def begin(self):
        shell = CaptureShell(mpl_format=None)
        try: shell.run_all(self.nb, exc_stop=True, preproc=lambda cell: cell.cell_type != "code" or _is_false(cell, "eval"))
        except (Exception, SystemExit) as error: raise NotebookFailed(strip_ansi(shell.prettytb() or repr(error))) from None


class show_documentation(Processor):
    "After every exported cell, the documentation of what it defines."
    def begin(self):
        cells = []
        for cell in self.nb.cells:
            cells.append(cell)
            if cell.cell_type != "code" or "export" not in cell.directives_: continue
            for name in documented(cell.source):
                cells.append(mk_cell(documentation(self.nb.module_, name), "markdown"))
                cells[-1].directives_ = {}
        self.nb.cells = cells


class quiet(Processor):
    "Obey `echo: false` and `output: false`."
    def cell(self, cell):
        if cell.cell_type != "code": return
        if _is_false(cell, "echo"): cell.metadata["tags"] = ["remove-input"]
        if _is_false(cell, "output"): cell.outputs = []


def _is_false(cell, directive: str) -> bool: return cell.directives_.get(directive, "").strip().lower() == "false"


PROCESSORS = [populate_language, hide_line, rm_header_dash, run_cells, show_documentation, quiet, rm_export, clean_magics,
              hide_]


def page(notebook: Path, module: str, target: Path, names: dict[str, str]) -> Path:
    """Write the notebook's page to `target`.

    `module` is what it exports, empty when nothing; `names` are the labels of the names that become links.
    """
    sys.path.insert(0, str(notebook.parent))
    nb = read_nb(notebook)
    nb.module_ = module
    with working_directory(notebook.parent):
        NBProcessor(nb=nb, procs=PROCESSORS, rm_directives=True).process()
    target.parent.mkdir(parents=True, exist_ok=True)
    write_nb(nb, target)
    finished = nbformat.read(target, 4)
    for cell in finished.cells:
        if cell.cell_type == "code": _keep_best(cell)
        else: cell.source = linked(cell.source, names)
    finished.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}, "language_info": {"name": "python"}}
    nbformat.write(finished, target)
    return target


def _keep_best(cell) -> None:
    "Of every output only the form that needs neither kernel nor network."
    for output in cell.outputs:
        if "text" in output: output.text = strip_ansi(output.text)
        if "data" not in output: continue
        best = next(kind for kind in PREFERRED if kind in output.data)
        if best.startswith("image/"): cell.metadata["mystnb"] = {"image": {"alt": " ".join(output.data.get("text/plain", "").split())}}
        output.data = {best: output.data[best]}


def linked(markdown: str, names: dict[str, str]) -> str:
    "Make a link of every exported name that stands in backticks, outside code blocks and headings; links to pages become links to notebooks."
    markdown = re.sub(r"\]\((?!\w+:)([\w./-]+)\.html(#[^)]*)?\)", r"](\1.ipynb\2)", markdown)
    parts = re.split(r"(^```.*?^```|^#.*?$|\[[^\]]*\]\([^)]*\))", markdown, flags=re.MULTILINE | re.DOTALL)
    return "".join(part if i % 2 else re.sub(r"(?<!`)`([A-Za-z_][\w]*)(?:\(\))?`(?!`)", lambda found: _link(found, names), part)
                   for i, part in enumerate(parts))


def _link(found: re.Match, names: dict[str, str]) -> str:
    return f"[{found[0]}](#{names[found[1]]})" if found[1] in names else found[0]
