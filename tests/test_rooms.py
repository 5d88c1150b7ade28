"""The rooms: who may import whom, and what a module may look like."""
import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "ftbench"
# From the bottom up; a room imports only rooms before it.
ROOMS = ["core", "data", "checks", "engine", "server", "jobs", "evals", "charts", "widgets", "cli"]
ROOM_OF = {"demo": "cli", "data_commands": "cli", "connection": "cli"}
# Rooms that must not even know some of those before them.
STRANGERS = {"engine": {"checks"}, "jobs": {"engine", "server"}, "evals": {"engine", "server"}}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name not in ("_modidx.py",))


def room(module: str) -> str | None:
    parts = module.split(".")
    if parts[0] != "ftbench" or len(parts) < 2: return None
    return ROOM_OF.get(parts[1], parts[1])


def imports(path: Path) -> list[str]:
    "The modules of ftbench that `path` imports; nbdev writes them relative to the package."
    package, found = path.relative_to(ROOT).parent.parts, []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import): found += [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            above = package[:len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *filter(None, [node.module])])
            found += [module] if module != "ftbench" else [f"ftbench.{alias.name}" for alias in node.names]
    return [name for name in found if room(name)]


def test_relative_imports_are_seen(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    module = tmp_path / "ftbench" / "data" / "chat.py"
    module.parent.mkdir(parents=True)
    module.write_text("from ..widgets.base import css\nfrom .. import cli\nfrom . import tokens\nimport ftbench.core\n")
    assert imports(module) == ["ftbench.widgets.base", "ftbench.cli", "ftbench.data", "ftbench.core"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(path):
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    own = room(name)
    if own in (None, "__init__"): return  # the front door may know every room
    for imported in imports(path):
        other = room(imported)
        if other not in ROOMS: continue  # a plain name of the front door, such as __version__
        assert ROOMS.index(other) <= ROOMS.index(own), f"{name} must not import {imported}"
        assert other not in STRANGERS.get(own, ()), f"{name} must not know {imported}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_stay_readable(path):
    text = path.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    assert len(lines) <= 300, f"{path.name} has {len(lines)} lines: split it"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.end_lineno - node.lineno < 40, f"{path.name}: {node.name} is too long"
        if isinstance(node, ast.ImportFrom):
            assert all(alias.name != "*" for alias in node.names), f"{path.name}: star import"
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"{path.name}:{node.lineno}: bare except"


@pytest.mark.parametrize("path", sorted((PACKAGE / "widgets" / "static").glob("*.js")), ids=lambda path: path.name)
def test_scripts_stay_readable_and_write_text_as_text(path):
    text = path.read_text(encoding="utf-8")
    assert sum(1 for line in text.splitlines() if line.strip()) <= 300
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write"):
        assert forbidden not in text
