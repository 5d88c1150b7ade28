"Lens, monitor, results and report in Chromium: drawn, driven by keys and mouse, live without being redrawn."
import json

import pytest
from playwright.sync_api import expect

from ftbench.widgets.base import css, esm
from ftbench.widgets.lens import lens_state

from patience import until

LENS = {"messages": [{"role": "user", "content": "Where is it? </script><script>window.hacked = 1</script>"},
                     {"role": "assistant", "content": "Let me look.", "weight": 0}, {"role": "assistant", "content": "Sent.\n[DELIVERY]"}]}


def show(page, script, function, state, actions="{}"):
    "Put a pane on an empty page, with its keys, as `mount` does."
    safe = json.dumps(state).replace("<", "\\u003c")
    page.set_content(f'<!doctype html><html lang="en"><style>{css()}</style><body><script type="module">{esm(script, function)}\n'
                     f'window.done = []; window.pane = {function}({safe}, {actions});\n'
                     'const root = h("div", { class: "ft w", tabindex: -1 }, window.pane); document.body.append(root);\n'
                     'bindKeys(root, () => window.pane.keys ?? {}); tooltips(root);</script></body></html>')
    page.wait_for_function("() => window.pane?.isConnected")


def fits(page): return page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")


def smallest_text(page):
    "Height in pixels of the smallest chart text as it stands on the screen."
    return page.evaluate("""() => Math.min(...[...document.querySelectorAll('svg.c text')].filter((text) => text.getBoundingClientRect().width)
        .map((text) => 11 * text.ownerSVGElement.getBoundingClientRect().width / text.ownerSVGElement.viewBox.baseVal.width))""")


def test_lens_by_keys_and_mouse(page):
    show(page, "lens.js", "lensPane", lens_state(LENS, "gpt-4.1-mini", "#1"), "{ toggleWeight: (message) => window.done.push(message) }")
    rows = page.locator(".rail li")
    assert rows.count() == 3 and page.locator(".rail .sel").inner_text().split()[1] == "assistant"
    rows.nth(2).focus()
    page.keyboard.press("w")
    page.keyboard.press("k")
    page.keyboard.press("w")
    rows.nth(0).click()
    page.locator(".lens .t", has_text="Sent").first.click()
    assert page.evaluate("window.done") == [2, 1, 2] and page.evaluate("window.hacked === undefined")
    assert "rgb" in page.locator(".t.w1").first.evaluate("(token) => getComputedStyle(token).backgroundColor")
    page.set_viewport_size({"width": 420, "height": 900})
    until(page, lambda: fits(page))


def course(steps, total=20):
    "The state of a monitor that has heard so many steps."
    points = {"train": [[s, 3 / s] for s in range(1, steps + 1)], "smooth": [[s, 3.2 / s] for s in range(1, steps + 1)],
              "accuracy": [[s, 1 - .8 / s] for s in range(1, steps + 1)], "valid": [[s, 3.1 / s] for s in range(5, steps + 1, 5)],
              "valid_accuracy": [[s, .5] for s in range(5, steps + 1, 5)], "full": []}
    head = {"name": "queues", "state": "running", "live": True, "model": "nano", "service": "this machine", "id": "ftjob-1", "step": steps,
            "steps": total, "epoch": 1, "epochs": 2, "stats": [["0:05", "elapsed"], ["no cost", "on this machine"]], "error": None,
            "problem": "", "ended": "running"}
    return {"head": head, "chart": {"total": total, "epochs": [10, 20], "checkpoints": [], "best": None, "summary": "Loss by step",
                                    "accuracy_summary": "Accuracy", **points},
            "checkpoints": [], "hyperparameters": [["n_epochs", "set by you", "2"]], "events": {"total": 1, "rows": [["10:00:00", "", "job created"]]}}


def test_monitor_grows_without_being_redrawn(page):
    show(page, "monitor.js", "monitorPane", course(8),
         "{ use: (model) => window.done.push(model), ...Object.fromEntries(['cancel', 'pause', 'resume'].map((name) => [name, () => window.done.push(name)])) }")
    page.evaluate("() => { window.line = document.querySelector('[data-series=train]'); window.grid = document.querySelector('svg.c .grid'); }")
    before = page.evaluate("window.line.getAttribute('d')")
    page.evaluate("""() => window.pane.hear({ points: [[9, 0.4, 0.5, 0.9, null, null, null], [10, 0.3, 0.45, 0.92, 0.6, 0.7, null]],
        head: { step: 10, state: 'running' }, events: { total: 3, rows: [['10:00:09', 'step', 'Step 10/20']] } })""")
    after = page.evaluate("window.line.getAttribute('d')")
    assert after.startswith(before) and after.count("L") == 9
    assert page.evaluate("window.line.isConnected && window.grid.isConnected")  # the same elements, not new ones
    assert page.locator(".steps").inner_text().startswith("step 10 of 20") and page.locator(".ev .el").first.inner_text() == "Step 10/20"
    assert page.locator("svg.c circle.vp").count() == 4  # two charts, two validation points each
    page.evaluate("() => window.pane.hear({ points: [[11, 9, 4, 0.9, null, null, null]] })")
    assert not page.evaluate("window.grid.isConnected")  # beyond the axis: drawn anew
    page.get_by_role("button", name="Pause").click()
    page.evaluate("() => window.pane.hear({ head: { state: 'paused' } })")
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("button", name="Cancel job").click()
    assert page.evaluate("window.done") == ["pause", "resume", "cancel"]
    page.evaluate("() => window.pane.hear({ checkpoints: [{ number: '1', step: 10, train: '0.3', full: '0.6', accuracy: '0.7', model: 'ft:nano:ckpt-step-10', best: true }] })")
    page.get_by_role("button", name="Evaluate checkpoint 1").click()
    assert page.evaluate("window.done").pop() == "ft:nano:ckpt-step-10"


def test_monitor_from_nothing_to_its_end(page):
    show(page, "monitor.js", "monitorPane", course(0, 0))
    assert page.get_by_text("waiting for the first step").is_visible()
    around = {"chart": {"total": 2, "epochs": [1, 2], "checkpoints": [2], "best": {"step": 2, "value": .5, "label": "best: checkpoint 1"},
                        "summary": "Loss by step: train 0.50"},
              "checkpoints": [{"number": "1", "step": 2, "train": "0.50", "full": "0.500", "accuracy": "0.900", "model": "ft:nano", "best": True}]}
    message = {"points": [[1, 2, 2, .5, None, None, None], [2, .5, .6, .9, .7, .8, .5]], **around,
               "head": {"state": "succeeded", "live": False, "step": 2, "steps": 2, "ended": "succeeded 10:00"}}
    page.evaluate("(message) => window.pane.hear(message)", message)
    assert page.locator(".pill").inner_text() == "succeeded" and page.get_by_role("button", name="Cancel job").count() == 0
    assert page.locator("svg.c").first.get_attribute("aria-label") == "Loss by step: train 0.50"
    assert page.locator(".checkpoints .sel").count() == 1 and page.locator("svg.c rect.fv").count() == 1
    page.evaluate("() => window.pane.hear({ head: { problem: 'the service is busy' } })")
    assert "asking again" in page.locator(".status").inner_text()


@pytest.mark.parametrize("width", [420, 700, 1180])
def test_monitor_keeps_its_text_readable(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    show(page, "monitor.js", "monitorPane", course(20))
    until(page, lambda: fits(page) and 10.5 <= smallest_text(page) <= 12.5, lambda: (fits(page), smallest_text(page)))


@pytest.fixture
def comparison():
    from test_results import compared
    return compared(right=(0, .8, .9))


def test_results_without_a_kernel(page, comparison, tmp_path):
    from ftbench.widgets.page import to_html
    to_html(comparison, tmp_path / "result.html")
    page.goto((tmp_path / "result.html").as_uri())
    page.wait_for_selector(".against")
    assert page.locator("#still-0").count() == 0  # the live pane has taken its place
    headline, rows = page.locator(".big"), page.locator(".rows tbody tr")
    expect(headline).to_have_text(comparison.verdict("tuned", "few_shot").headline)
    page.get_by_role("radio", name="base").click()
    expect(headline).to_have_text(comparison.verdict("tuned", "base").headline)
    page.get_by_role("button", name="all 40").click()
    expect(rows).to_have_count(40)
    rows.nth(2).click()
    page.keyboard.press("j")
    chosen = rows.nth(3).get_attribute("data-id")
    expect(page.locator(".one h2")).to_have_text(chosen)
    expect(page.locator(".rows tr.sel")).to_have_attribute("data-id", chosen)
    assert page.locator(".one .box").count() == 2 and page.locator(".one del").count() >= 1
    page.set_viewport_size({"width": 420, "height": 900})
    until(page, lambda: fits(page))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [420, 1180])
def test_report_opens_from_a_file(page, comparison, tmp_path, scheme, width):
    from test_results import task
    from ftbench.widgets.page import report
    (tmp_path / "report.html").write_text(report([task(), task("tools"), task("marv")], seconds=126))
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 1100})
    page.goto((tmp_path / "report.html").as_uri())
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert ground == ("rgb(17, 17, 17)" if scheme == "dark" else "rgb(255, 255, 255)")
    expect(page.locator("svg.c:visible")).to_have_count(5)
    until(page, lambda: fits(page) and 10 <= smallest_text(page) <= 14, lambda: (fits(page), smallest_text(page)))
    assert page.locator("h1").is_visible() and len(page.pdf()) > 10_000
