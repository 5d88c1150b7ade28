"""What the package exports: where each name stands, its signature with its docments, and pages with the source itself."""
import ast
import importlib
import inspect
import re
from pathlib import Path

from fastcore.docments import docments

ROOT = Path(__file__).resolve().parents[2]


def modules() -> dict[str, Path]:
    "Every module of the package that a notebook exports."
    files = sorted((ROOT / "ftbench").glob("**/*.py"))
    return {".".join(file.relative_to(ROOT).with_suffix("").parts): file for file in files if file.name[0] != "_"}


def definitions(file: Path) -> dict[str, int]:
    "The public functions and classes of a module with their first lines."
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return {node.name: min([node.lineno, *(each.lineno for each in node.decorator_list)])
            for node in ast.parse(file.read_text(encoding="utf-8")).body if isinstance(node, kinds)}


def documented(cell_source: str) -> list[str]:
    "The public functions and classes that an exported cell defines, in order."
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return [node.name for node in ast.parse(cell_source).body if isinstance(node, kinds) and not node.name.startswith("_")]


def api_label(module: str, name: str) -> str: return f"api-{module}.{_caseless(name)}"

def source_label(module: str, name: str) -> str: return f"source-{module}.{_caseless(name)}"

def _caseless(name: str) -> str:
    "Sphinx's labels know no upper case: a class Rule and a function rule need two names."
    return f"class.{name}" if name.lstrip("_")[:1].isupper() else name


def source_page(module: str, file: Path) -> str:
    "A page with the text of a module, with a target before every definition."
    lines = file.read_text(encoding="utf-8").splitlines()
    starts = sorted((line, name) for name, line in definitions(file).items())
    blocks = [f"---\norphan: true\nnosearch: true\n---\n# Source of {module}\n"]
    for (start, name), (end, _) in zip([(1, ""), *starts], [*starts, (len(lines) + 1, "")]):
        text = "\n".join(lines[start - 1:end - 1]).rstrip()
        if name: blocks.append(f"({source_label(module, name)})=")
        if text: blocks.append(f"``````{{code-block}} python\n:lineno-start: {start}\n\n{text}\n``````\n")
    return "\n".join(blocks)


# Signatures

def documentation(module: str, name: str) -> str:
    "One function or class as Markdown: signature, docstring, parameters, methods, and the way to its source."
    value = getattr(importlib.import_module(module), name)
    head = f"({api_label(module, name)})=\n### {name}\n\n{{.source-link}}\n[source](#{source_label(module, name)})\n\n"
    return head + _described(name, value) + (_methods(name, value) if inspect.isclass(value) else "")


def _described(name: str, value) -> str:
    text = f"```python\n{_signature(name, value)}\n```\n\n{_docstring(value)}\n\n"
    return text + (_parameters(value) if callable(value) else "")


def _signature(name: str, value) -> str:
    try: shown = inspect.signature(value)
    except (TypeError, ValueError): return name
    arguments = [_short(str(each)) for each in shown.parameters.values() if each.name != "self"]
    returns = "" if shown.return_annotation is shown.empty else f" -> {_short(inspect.formatannotation(shown.return_annotation))}"
    one_line = f"{name}({', '.join(arguments)}){returns}"
    if len(one_line) <= 90: return one_line
    return f"{name}(\n    " + ",\n    ".join(arguments) + f"\n){returns}"


def _short(annotation: str) -> str:
    "Names without their modules."
    annotation = re.sub(r"<class '(?:\w+\.)*(\w+)'>", r"\1", annotation)
    return re.sub(r"\b(?:ftbench|altair|collections|openai|pathlib|os|typing)(?:\.\w+)*\.(\w+)", r"\1", annotation)


def _docstring(value) -> str: return inspect.cleandoc(getattr(value, "__doc__", None) or "")


def _parameters(value) -> str:
    try: known = docments(value, full=True, returns=True)
    except (TypeError, ValueError, OSError): return ""
    rows = [(name, each) for name, each in known.items() if each.docment and name != "self"]
    if not rows: return ""
    defaults = ["" if name == "return" or each.default is inspect.Parameter.empty else repr(each.default) for name, each in rows]
    lines = ["| | type | default | meaning |", "|---|---|---|---|"] if any(defaults) else ["| | type | meaning |", "|---|---|---|"]
    for (name, each), default in zip(rows, defaults):
        kind = "" if each.anno is inspect.Parameter.empty else _short(inspect.formatannotation(each.anno))
        label = "*returns*" if name == "return" else f"`{name}`"
        cells = [label, _code(kind), *([_code(default)] if any(defaults) else []), _cell(each.docment)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n\n"


def _cell(text: str) -> str: return " ".join(str(text).split()).replace("|", "\\|")

def _code(text: str) -> str: return f"`{_cell(text)}`" if text else ""


def _methods(name: str, value: type) -> str:
    parts = []
    for own, member in vars(value).items():
        function = getattr(member, "__func__", member)
        if own.startswith("_") or not (inspect.isfunction(function) or isinstance(member, property)) or not _docstring(member): continue
        if isinstance(member, property): parts.append(f"#### {name}.{own}\n\n{_docstring(member)}\n\n")
        else: parts.append(f"#### {name}.{own}\n\n{_described(own, function)}")
    return "".join(parts)
