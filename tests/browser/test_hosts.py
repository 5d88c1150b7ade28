"""What hosts do otherwise than JupyterLab: a shadow tree with its own styles and a theme on <body> (marimo), a frame without an origin and
with a policy, classes and colours of VS Code and Colab, charts that must show without a network, and a saved notebook without a kernel."""

import nbformat
import pytest
from playwright.sync_api import expect

from bare_page import place
from patience import drawn, until
from test_access import AXE
from test_monitor import made
from test_results import compared
from webview import webview

from ftbench.charts import token_histogram
from ftbench.data.dataset import open_dataset
from ftbench.data.samples import sample_path
from ftbench.widgets.editor import Editor
from ftbench.widgets.lens import Lens
from ftbench.widgets.monitor import Monitor
from ftbench.widgets.results import Results
from ftbench.widgets.workbench import Workbench

LIGHT, DARK = "rgb(255, 255, 255)", "rgb(17, 17, 17)"


@pytest.fixture
def ds(tmp_path):
    path = tmp_path / "mails.jsonl"
    path.write_text(sample_path("routing", "train").read_text(encoding="utf-8"), encoding="utf-8")
    ds = open_dataset(path)
    ds.columns.wait()
    return ds


def has_ground(page, colour):
    "Wait until the widget has this ground; `page` may be a frame."
    ground = lambda: page.locator(".ft.w").first.evaluate("(root) => getComputedStyle(root).backgroundColor")
    until(page, lambda: ground() == colour, lambda: f"the ground is {ground()}, not {colour}")
    drawn(page)


def test_in_a_shadow_tree_focus_and_theme_hold(page, ds):
    place(page, Workbench(ds), shadow=True)
    has_ground(page, LIGHT)
    page.evaluate("document.body.classList.add('dark')")
    has_ground(page, DARK)
    page.locator(".canvas .xr").nth(2).click()
    expect(page.locator(".exh b, .exh .b").first).to_have_text("#3")
    page.locator(".rows").first.focus()
    page.keyboard.press("j")
    expect(page.locator(".exh b, .exh .b").first).to_have_text("#4")
    page.keyboard.press("w")
    until(page, lambda: len(ds.edits) == 1)
    page.keyboard.press("j")  # the focus has not been lost to the redraw
    expect(page.locator(".exh b, .exh .b").first).to_have_text("#5")


PANES = {"workbench": Workbench, "editor": Editor, "lens": Lens, "monitor": lambda ds: Monitor(made(130)), "results": lambda ds: Results(compared(right=(0, .8, .9)))}
# VS Code's own themes, Dark Modern and Light Modern
VSCODE = {"vscode-dark": {"--vscode-editor-background": "#1f1f1f", "--vscode-editor-foreground": "#cccccc"},
          "vscode-light": {"--vscode-editor-background": "#ffffff", "--vscode-editor-foreground": "#3b3b3b"}}


@pytest.mark.parametrize("name", PANES)
def test_in_a_webview_with_a_policy_and_nothing_but_the_contract(page, ds, name):
    frame = webview(page, PANES[name](ds))
    frame.wait_for_function("() => window.ready")
    assert frame.evaluate("window.refused") == [] # nothing of a host was touched, nothing that the policy forbids was tried
    for kind, colours in VSCODE.items():
        frame.evaluate("""([kind, colours]) => { document.body.className = kind; for (const [name, colour] of Object.entries(colours)) document.documentElement.style.setProperty(name, colour);
            document.body.style.background = colours['--vscode-editor-background']; }""", [kind, colours])
        has_ground(frame, {"vscode-dark": "rgb(31, 31, 31)", "vscode-light": LIGHT}[kind])
        if not frame.evaluate("Boolean(window.axe)"): frame.evaluate(AXE)
        assert not frame.evaluate("""async () => (await axe.run('.ft', { runOnly: ['color-contrast'] })).violations.flatMap((one) => one.nodes.map((node) => node.html.slice(0, 120) + node.any[0]?.message))"""), kind
    frame.evaluate("window.end()")
    assert frame.evaluate("window.listening()") == 0, "a view that is gone still listens"


def test_edits_in_a_webview_by_mouse_and_by_key(page, ds):
    frame = webview(page, Editor(ds))
    frame.locator("[data-message]").last.get_by_role("switch").click()
    expect(frame.get_by_role("switch").last).to_have_attribute("aria-checked", "false")
    page.keyboard.press("w")
    expect(frame.get_by_role("switch").last).to_have_attribute("aria-checked", "true")
    page.keyboard.press("e")
    expect(frame.locator("textarea")).to_be_focused()
    page.keyboard.type(" Thank you.")
    page.keyboard.press("Control+Enter")
    expect(frame.locator("[data-message]").last).to_contain_text("Thank you.")
    page.keyboard.press("l")
    expect(frame.locator(".lens-pane")).to_contain_text("exact")
    assert ds[0].value["messages"][-1]["content"].endswith(" Thank you.") and frame.evaluate("window.refused") == []


@pytest.mark.parametrize("mark", ["document.body.classList.add('vscode-dark')", "document.body.classList.add('vscode-high-contrast')", "document.documentElement.setAttribute('theme', 'dark')",
                                  "document.documentElement.dataset.theme = 'dark'", "document.body.dataset.jpThemeLight = 'false'"])
def test_every_host_names_its_dark_theme_otherwise(page, ds, mark):
    place(page, Lens(ds, 0))
    has_ground(page, LIGHT)
    page.evaluate(mark)
    has_ground(page, DARK)


def test_motion_is_off_for_who_asks_for_it(page, ds):
    page.emulate_media(reduced_motion="reduce")
    place(page, Workbench(ds))
    moving = page.evaluate("""() => [...document.querySelectorAll('.ft, .ft *')].filter((one) => { const style = getComputedStyle(one);
        return parseFloat(style.transitionDuration) > 0 || (style.animationName !== 'none' && parseFloat(style.animationDuration) > 0); }).map((one) => one.className)""")
    assert not moving


def test_marimo_is_given_the_live_widget(ds):
    lens = Lens(ds, 0)
    assert lens._display_() is lens.widget() and "text/html" in lens._repr_mimebundle_()


def test_a_chart_brings_its_data_and_its_own_picture():
    bundle = token_histogram([10, 20, 30])._repr_mimebundle_()
    assert bundle["image/svg+xml"].startswith("<svg") and "url" not in bundle["application/vnd.vegalite.v5+json"]["data"]


def test_a_saved_notebook_reads_without_a_kernel(page, lab, ds):
    url, work = lab
    outputs = [nbformat.v4.new_output("display_data", data=thing) for thing in (
        {"text/html": Workbench(ds)._repr_html_(), "text/plain": "saved"}, token_histogram([10, 20, 30])._repr_mimebundle_())]
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("wb", outputs=outputs)]), work / "saved.ipynb")
    page.goto(f"{url}/notebooks/saved.ipynb?reset", timeout=180_000)
    expect(page.locator(".ft.still tbody tr").first).to_be_visible()
    assert page.locator(".ft.still tbody tr").count() >= 40 and page.locator(".ft.still .msg").count() >= 2
    expect(page.locator(".jp-OutputArea-output svg.marks, .jp-OutputArea-output canvas.marks, .jp-RenderedSVG").first).to_be_visible()
