"""The table in a page of its own: its tips go with their rows and say whose tokens it counts, and hours of use leave nothing behind.

FTBENCH_MOVES=1000 moves so many times from example to example (100 by default)."""
import os

from playwright.sync_api import expect

from live import Screen
from mails import write_examples

from ftbench.widgets.workbench import Workbench

MOVES = int(os.environ.get("FTBENCH_MOVES", "100"))
QUESTION = [{"role": "user", "content": "Where is my order?"}]
ANSWER = [{"role": "assistant", "content": "It is on its way."}]
TUNED = {"messages": QUESTION + ANSWER}
PREFERENCE = {"input": {"messages": QUESTION}, "preferred_output": ANSWER, "non_preferred_output": [{"role": "assistant", "content": "No idea."}]}

PRESS = """async ([keys, times]) => {
  const rows = document.querySelector('.rows');
  for (let turn = 0; turn < times; turn += 1) {
    rows.dispatchEvent(new KeyboardEvent('keydown', { key: keys[turn % keys.length], bubbles: true, cancelable: true }));
    do await new Promise(requestAnimationFrame); while (window.pending);
  }
}"""


def table_of(page, folder, *examples):
    "The workbench on a file with these examples, its first row chosen."
    screen = Screen(page, folder).open(Workbench(write_examples(folder / "talks.jsonl", examples), tabs=("examples",)), width=1200)
    page.locator(".canvas .xr").first.click()
    screen.settle()
    return screen


def test_a_tip_goes_with_its_row(page, tmp_path):
    screen = table_of(page, tmp_path, *[PREFERENCE] * 30, *[TUNED] * 90)
    tip = page.get_by_role("tooltip")
    page.locator(".canvas .c-s").nth(2).hover()
    expect(tip).to_contain_text("No message is trained")
    screen.pane.browser.do_move(100) # in code, or in another view: the cells are given to other examples
    screen.bring()
    expect(page.locator(".canvas .xr.sel .c-n")).to_have_text("101")
    expect(tip).to_be_hidden()
    screen.press("Home")
    expect(page.locator(".canvas .xr.sel .c-n")).to_have_text("1")
    page.locator(".canvas .c-s").nth(3).hover()
    expect(tip).to_contain_text("No message is trained")
    screen.press("PageDown") # to rows of the same kind
    expect(tip).to_be_hidden()


def test_whose_tokens_are_counted_is_said_at_both_numbers(page, tmp_path):
    table_of(page, tmp_path, TUNED)
    assert page.locator(".canvas .c-k").inner_text() != page.locator(".facts-line .b").first.inner_text() # they do differ
    page.locator(".facts-line").get_by_text("tokens").hover()
    expect(page.get_by_role("tooltip")).to_contain_text("as nano reads them. The table counts as OpenAI does")
    page.get_by_role("button", name="Sort by Tokens").hover()
    expect(page.get_by_role("tooltip")).to_contain_text("as OpenAI counts them")


def test_a_table_that_is_hidden_for_a_moment_keeps_its_place(page, tmp_path):
    "As JupyterLab does when the theme changes: the list was moved, and stands at 0 when it hears of it."
    table_of(page, tmp_path, *[TUNED] * 200)
    page.evaluate("""async () => {
      const list = document.querySelector('.rows'), frame = () => new Promise(requestAnimationFrame);
      list.scrollTop = 2800;
      await frame(); await frame();
      list.addEventListener('scroll', () => { window.atHidden = list.scrollTop; }, { once: true });
      list.scrollTop = 3000;
      document.body.style.display = 'none';
      await frame(); await frame();
      document.body.style.display = '';
      await frame(); await frame();
    }""")
    assert page.evaluate("window.atHidden") == 0 # the list did hear of it
    seen, wanted = page.evaluate("""() => {
      const list = document.querySelector('.rows'), { top, bottom } = list.getBoundingClientRect();
      const whole = [...list.querySelectorAll('.xr')].filter((row) => row.getBoundingClientRect().top >= top - 1 && row.getBoundingClientRect().bottom <= bottom + 1);
      return [whole.map((row) => row.querySelector('.c-n').textContent), Math.ceil(list.scrollTop / 28) + 1]; }""")
    assert wanted > 100 and len(seen) > 10 and seen[0] == str(wanted), (seen, wanted)


def test_the_chosen_row_stays_in_sight_when_the_tray_opens(page, tmp_path):
    screen = table_of(page, tmp_path, *[TUNED] * 200)
    screen.press("PageDown")
    screen.press("v", "W") # pick it, and choose its weights below the table
    expect(page.get_by_label("What is trained")).to_be_visible()
    page.wait_for_function("""() => { const row = document.querySelector('.xr.sel').getBoundingClientRect(), list = document.querySelector('.rows').getBoundingClientRect();
        return row.top >= list.top && row.bottom <= list.bottom + 1; }""")


def held(page, devtools):
    "Elements, listeners and megabytes that the page still needs."
    for _ in range(2): devtools.send("HeapProfiler.collectGarbage")
    found = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
    return found["Nodes"], found["JSEventListeners"], found["JSHeapUsedSize"] / 1e6


def test_many_moves_leave_nothing_behind(page, tmp_path):
    table_of(page, tmp_path, *[TUNED, PREFERENCE] * 100)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    page.evaluate(PRESS, [["PageDown"], 12]) # every row was seen once
    page.evaluate(PRESS, [["Home"], 1])
    nodes, listeners, heap = held(page, devtools)
    page.evaluate(PRESS, [["j", "PageDown", "k", "j", "PageUp"], MOVES])
    page.evaluate(PRESS, [["Home"], 1])
    expect(page.locator(".canvas .xr.sel .c-n")).to_have_text("1")
    then = held(page, devtools)
    assert then[0] <= nodes + 50 and then[1] <= listeners + 5 and then[2] <= heap + 1, ((nodes, listeners, heap), then)
