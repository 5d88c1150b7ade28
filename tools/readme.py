"""Write README.md from index.ipynb; with --check, say whether it is fresh and change nothing."""
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def lines(cell: dict) -> str: return "".join(cell["source"]).strip()


def output_text(output: dict) -> str:
    "What a reader of plain Markdown can see of one output."
    if output["output_type"] == "stream": return "".join(output["text"]).rstrip()
    return "".join(output.get("data", {}).get("text/plain", [])).rstrip()


def code_block(cell: dict) -> list[str]:
    source = "\n".join(line for line in lines(cell).splitlines() if not line.startswith("#|")).strip()
    blocks = [f"```python\n{source}\n```"]
    printed = "\n".join(filter(None, map(output_text, cell["outputs"])))
    if printed: blocks.append(f"```text\n{printed}\n```")
    return blocks


def readme(notebook: dict) -> str:
    blocks = ["<!-- Made from index.ipynb by tools/readme.py; edit the notebook. -->"]
    for cell in notebook["cells"]:
        if lines(cell).startswith("#| hide") or not lines(cell): continue
        blocks += [lines(cell)] if cell["cell_type"] == "markdown" else code_block(cell)
    return "\n\n".join(blocks) + "\n"


def main() -> int:
    text = readme(json.loads((ROOT / "index.ipynb").read_text(encoding="utf-8")))
    target = ROOT / "README.md"
    if "--check" not in sys.argv:
        target.write_text(text, encoding="utf-8")
        return 0
    fresh = target.read_text(encoding="utf-8") == text
    if not fresh: print("README.md is not what index.ipynb says: run `make readme`.")
    return 0 if fresh else 1


if __name__ == "__main__": sys.exit(main())
