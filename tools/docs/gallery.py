"""The page of the documentation that shows every widget in six situations, each beside the drawing it was made after.

`pictures.py` takes the pictures. This module only names them and writes the page, so the site needs no browser to be built.
"""
from pathlib import Path

HERE = Path(__file__).resolve().parent
PICTURES, DRAWINGS = HERE / "pictures", HERE / "drawings"
THEMES = ("light", "dark")
# what is seen: the scene in a theme, or in that of the page
SITUATIONS = {"light": "usual", "dark": "usual", "narrow": "narrow", "empty": "empty", "error": "error", "full": "full"}
SCENES = ("usual", "narrow", "empty", "error", "full")
# each widget with its heading, the drawings it was made after, and what its situations show
WIDGETS = {
    "table": ("Table", {"usual": "workbench", "narrow": "narrow", "empty": "empty_error", "error": "empty_error", "full": "workbench"}, {
        "usual": "Examples of one file, found by a query; the chosen one stands beside the table.", "narrow": "400 pixels: rows of two lines, tabs at the foot.",
        "empty": "Before a file is open: a file, pasted messages, or a sample.", "error": "Another program wrote the file: what it changed, and nothing is mixed before somebody chooses.",
        "full": "Several rows picked, their new weights shown before anything changes."}),
    "editor": ("Conversation", {"usual": "workbench", "narrow": "narrow", "error": "workbench", "full": "workbench"}, {
        "usual": "One example: roles, weights, tool calls against their schema.", "narrow": "400 pixels.", "empty": "A file without an example.",
        "error": "Faults stand where they are, with their repair.", "full": "A long conversation, a message being edited with its new words marked, the context limit."}),
    "pair": ("Preferences", {"full": "results"}, {
        "usual": "Two answers to one prompt, side by side with their difference.", "narrow": "400 pixels: one below the other.", "empty": "An answer that is not written yet.",
        "error": "An answer is missing.", "full": "An answer being edited."}),
    "lens": ("Lens", {"usual": "lens", "error": "lens", "full": "lens"}, {
        "usual": "The exact tokens and the weight of each.", "narrow": "400 pixels.", "empty": "Nothing is trained: every message is context.",
        "error": "What cannot be read as tokens says why.", "full": "The loss of every token before and after tuning."}),
    "checks": ("Checks", {"error": "empty_error"}, {
        "usual": "The findings of a file, rule by rule.", "narrow": "400 pixels.", "empty": "Nothing to mend.", "error": "Lines that cannot be read.",
        "full": "Many rules at once."}),
    "launcher": ("Launch form", {"error": "empty_error"}, {
        "usual": "What will be sent and what `auto` means here.", "narrow": "400 pixels.", "empty": "Before the first job: is fine-tuning the right tool?",
        "error": "Refused before anything was sent.", "full": "Settings of one's own, edits that are not in the file yet, and advice."}),
    "monitor": ("Job", {"usual": "monitor", "full": "monitor"}, {
        "usual": "A running job.", "narrow": "400 pixels.", "empty": "A queued job: nothing to draw yet.", "error": "A job that failed.",
        "full": "Three epochs too many: the advice shows its evidence."}),
    "results": ("Comparison", {"usual": "results", "full": "results"}, {
        "usual": "Base, few-shot and tuned on the same cases.", "narrow": "400 pixels.", "empty": "Before the first comparison.",
        "error": "The service did not answer.", "full": "Three graders, a judge's report card, failures on their way to review."}),
    "status": ("Status page of the server", {"usual": "status_page", "full": "status_page"}, {
        "usual": "Jobs, models, disk.", "narrow": "400 pixels.", "empty": "A server that has just been started.", "error": "The server is gone.",
        "full": "Jobs in every state."}),
}


def picture(widget: str, scene: str, theme: str) -> Path: return PICTURES / f"{widget}-{scene}-{theme}.webp"


def drawing(name: str, theme: str) -> Path: return DRAWINGS / f"{name}-{theme}.webp"


def wanted() -> list[Path]:
    "Every file the page shows."
    shown = [picture(widget, scene, theme) for widget in WIDGETS for scene in SCENES for theme in THEMES]
    drawn = {name for _, drawings, _ in WIDGETS.values() for name in drawings.values()}
    return shown + [drawing(name, theme) for name in sorted(drawn) for theme in THEMES]


def _image(path: Path, words: str, look: str) -> str:
    return f"```{{image}} {path.relative_to(HERE).as_posix()}\n:alt: {words}\n:class: {look}\n```\n"


def _themed(find, words: str, situation: str) -> str:
    "The picture of the theme that the situation names, else of the one the page has."
    if situation in THEMES: return _image(find(situation), words, "seen")
    return "\n".join(_image(find(theme), words, f"seen only-{theme}") for theme in THEMES)


def _situation(widget: str, situation: str) -> str:
    title, drawings, words = WIDGETS[widget]
    scene = SITUATIONS[situation]
    said = f"**{situation.capitalize()}.** {words[scene]}\n"
    ours = _themed(lambda theme: picture(widget, scene, theme), f"{title}, {situation}: {words[scene].replace('`', '')}", situation)
    name = drawings.get(scene)
    drawn = _themed(lambda theme: drawing(name, theme), f"The drawing {name}", situation) if name else "There is no drawing of this situation.\n"
    return f"{said}\n::::{{container}} beside\n:::{{container}} ours\n{ours}:::\n:::{{container}} drawn\n{drawn}:::\n::::\n"


def page() -> str:
    "The page as Markdown."
    head = """---
hide-toc: true
---
# Gallery

> Every widget in six situations, each beside the drawing it was made after. Pictures open in full size.

The pictures are taken in Chromium with the real Python behind each widget (`python tools/docs/pictures.py`). *Light* and *dark* show both
themes; the other situations follow the theme of this page. Drawings came first, with invented data; some situations were never drawn.
"""
    parts = [f"## {title}\n\n" + "\n".join(_situation(widget, situation) for situation in SITUATIONS) for widget, (title, _, _) in WIDGETS.items()]
    return "\n".join([head, *parts])
