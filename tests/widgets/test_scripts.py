"The JavaScript: rules no file may break. Its own tests are in tests/js, for `node --test`."
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from waiting import PATIENCE

from ftbench.widgets.base import FrontEndError, css, esm, modules

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "ftbench/widgets/static"
SCRIPTS = sorted(STATIC.glob("*.js"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_script(path, tmp_path):
    text = path.read_text()
    assert len(text.splitlines()) < 300
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "http://", "https://"):
        found = [line for line in text.splitlines() if forbidden in line and "http://www.w3.org/2000/svg" not in line
                 and not line.lstrip().startswith("//")]
        assert not found, found
    together = esm(path.name)
    assert not re.search(r"^(import|export)\b", together, re.MULTILINE)
    if shutil.which("node"):
        (tmp_path / "together.mjs").write_text(together)
        subprocess.run(["node", "--check", str(tmp_path / "together.mjs")], check=True, capture_output=True, timeout=PATIENCE)


def test_dependencies_come_first():
    order = list(modules("dom.js"))
    assert order.index("icons.js") < order.index("dom.js")


@pytest.mark.parametrize("files, words", [
    ({"a.js": 'import { b } from "./b.js";\n', "b.js": "export const c = 1;\n"}, "b.js does not export"),
    ({"a.js": 'import { b } from "./b.js";\nconst twice = 1;\n', "b.js": "export const b = 1;\nconst twice = 2;\n"}, "twice is declared in"),
    ({"a.js": 'import { b } from "./b.js";\nexport const a = 1;\n', "b.js": 'import { a } from "./a.js";\nexport const b = 1;\n'}, "import each other"),
    ({"a.js": "export default {};\n"}, "cannot be put together"),
    ({"a.js": 'import * as all from "./b.js";\n', "b.js": ""}, "cannot be put together"),
])
def test_modules_that_do_not_fit(files, words, tmp_path, monkeypatch):
    for name, text in files.items(): (tmp_path / name).write_text(text)
    monkeypatch.setattr("ftbench.widgets.base._STATIC", tmp_path)
    with pytest.raises(FrontEndError, match=words): modules("a.js")


def test_styles_are_scoped():
    text = re.sub(r"/\*.*?\*/", "", css(), flags=re.DOTALL)
    for selector in re.findall(r"(?:^|[}])\s*([^{}@]+)\{", text):
        for part in re.sub(r"\([^)]*\)", "", selector).split(","):
            if part.strip() in ("from", "to") or re.fullmatch(r"\d+%", part.strip()): continue
            assert ".ft" in part, f"{part.strip()!r} would style the notebook"
    assert "http" not in text and "@import" not in text
