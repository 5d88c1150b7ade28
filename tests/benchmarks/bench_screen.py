"""How quickly the workbench answers on the screen, in Chromium and JupyterLab, with a large file:

    python tests/benchmarks/bench_screen.py FILE                 # JSON Lines, such as ../shared/data/make_large.py makes
    python tests/benchmarks/bench_screen.py FILE --home FOLDER   # keeps what was measured of the file for the next time

Milliseconds from the key, wheel or button that a person presses to the picture that shows what it did, pictures being drawn
when the browser draws them, in a JupyterLab that is started as `ftbench lab` starts it; a picture that does not show the rows
that were asked for ends the run. Beside them stands a bare question to the kernel in the same page, the least a gesture that
needs Python can take, and the same in JupyterLab as it comes. Then the largest message that came from the kernel, and what the
page holds before and after all gestures, garbage collected: memory that grows with use would show. The file is only read.
"""
import argparse
import ast
import random
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "browser"), str(Path(__file__).parents[1])]
from conftest import Notebook, running_chromium, running_lab

from ftbench.cli import PROMPT

CELL = """import ftbench as ft
ds = ft.open({path!r})
ds.columns.wait(shown=False)
wb = ds.workbench()
wb.browser.query = "" # a kept workspace opens where it was left
wb"""

CLOCK = """() => {
  const inView = () => {
    const frame = document.querySelector('.ft .rows').getBoundingClientRect();
    return [...document.querySelectorAll('.ft .canvas .xr')].filter((row) => {
      const place = row.getBoundingClientRect();
      return place.bottom > frame.top && place.top < frame.bottom;
    });
  };
  const text = (name) => document.querySelector(`.ft ${name}`)?.textContent ?? '';
  const number = (words) => Number(words.replaceAll(/[#,]/g, ''));
  const filled = () => {
    const rows = inView();
    const seen = Math.min(document.querySelector('.ft .rows').clientHeight, document.querySelector('.ft .canvas').clientHeight);
    return rows.length > 0 && rows.length * rows[0].offsetHeight >= seen - 1 && rows.every((row) => !row.querySelector('.sk'));
  };
  const place = ({ scrollTop, scrollHeight, clientHeight }) => scrollTop / (scrollHeight - clientHeight);
  window.screen_now = () => ({ example: number(text('.exh .b')), shown: text('.status .shown'), place: place(document.querySelector('.ft .rows')),
    height: document.querySelector('.ft .rows').clientHeight, rowHeight: inView()[0]?.offsetHeight, rows: inView().map((row) => number(row.querySelector('.c-n').textContent)) });
  const arrived = {
    next: (before) => filled() && number(text('.exh .b')) !== before.example && number(text('.xr.sel .c-n')) === number(text('.exh .b')),
    rows: (before) => filled() && String(window.screen_now().rows) !== String(before.rows),
    found: (before) => filled() && window.screen_now().shown !== before.shown,
  };
  window.clock = (kind, events) => { // looks when the page was changed or scrolled, in the next frame: a look at every frame would keep the browser busy
    const before = window.screen_now();
    let start = null;
    let asked = false;
    const begin = (event) => { start = event.timeStamp; };
    for (const name of events) window.addEventListener(name, begin, true);
    window.measured = new Promise((resolve, reject) => {
      const soon = () => { if (!asked) { asked = true; requestAnimationFrame(look); } };
      const changes = new MutationObserver(soon);
      const end = () => {
        changes.disconnect();
        window.removeEventListener('scroll', soon, true);
        for (const name of events) window.removeEventListener(name, begin, true);
        clearTimeout(late);
      };
      const look = () => {
        asked = false;
        if (start === null || !arrived[kind](before)) return;
        end();
        const done = new MessageChannel(); // the picture is on the screen when what stands behind it is heard
        requestAnimationFrame(() => { done.port1.onmessage = () => { done.port1.close(); resolve(performance.now() - start); }; done.port2.postMessage(0); });
      };
      const late = setTimeout(() => { end(); reject(new Error(`${kind}: nothing happened, ${JSON.stringify([before, window.screen_now()])}`)); }, 60000);
      changes.observe(document.querySelector('.ft.w'), { childList: true, subtree: true, characterData: true, attributes: true });
      window.addEventListener('scroll', soon, true);
    });
  };
}"""

WORDS = ("bicycle", "invoice", "teacher", "refund", "Python", "ocean", "because", "water", "history", "garden") # looked for, as far as a file has them

KERNEL = """async () => { const start = performance.now();
  await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestKernelInfo(); return performance.now() - start; }"""


class Screen:
    "The workbench in the page, and a clock that looks at it."

    def __init__(self, page):
        self.page, self.messages = page, []
        self.view = page.locator(".ft.w").first
        self.rows = self.view.locator(".rows")
        page.evaluate(CLOCK)
        self.devtools = page.context.new_cdp_session(page)
        self.devtools.send("Performance.enable")

    def time(self, kind, events, act):
        "Milliseconds from the last of some events to the picture; what was asked before has been answered."
        self.page.evaluate(KERNEL)
        self.page.evaluate("([kind, events]) => window.clock(kind, events)", [kind, events])
        act()
        return self.page.evaluate("() => window.measured")

    def now(self):
        "What one sees: the example that is open, the numbers of the rows, where the bar stands."
        return self.page.evaluate("() => window.screen_now()")

    def ask(self, expression):
        "The value of an expression in the kernel."
        return ast.literal_eval(Notebook(self.page, "", None).ask(expression))

    def require(self, shown, wanted):
        if shown != wanted: raise RuntimeError(f"The screen shows {shown}, not {wanted}.")

    def require_rows(self, first):
        "All rows in their order, from one of two neighbours, as the first may be seen in part."
        rows = self.now()["rows"]
        if not first - 1 <= rows[0] <= first + 1: raise RuntimeError(f"The screen shows rows from {rows[0]:,}, not from {first:,}.")
        self.require(rows, list(range(rows[0], rows[0] + len(rows))))

    def begin(self):
        "Choose the first example."
        self.rows.focus()
        self.page.keyboard.press("Home")
        self.page.wait_for_function("() => window.screen_now().example === 1")

    def next(self):
        before = self.now()["example"]
        spent = self.time("next", ["keydown"], lambda: self.page.keyboard.press("j"))
        self.require(self.now()["example"], before + 1)
        return spent

    def wheel(self, by):
        before = self.now()
        self.rows.hover()
        spent = self.time("rows", ["wheel"], lambda: self.page.mouse.wheel(0, by))
        self.require_rows(before["rows"][0] + round(by / before["rowHeight"]))
        return spent

    def jump(self, share):
        "Drag the bar to a place far away."
        spent = self.time("rows", ["scroll"], lambda: self.rows.evaluate("(list, share) => { list.scrollTop = share * list.scrollHeight }", share))
        now = self.now()
        self.require_rows(1 + int(now["place"] * (self.ask("len(ds)") - now["height"] / now["rowHeight"])))
        return spent

    def query(self, query, kind="found"):
        "Type a query and press Enter; None clears the box."
        self.page.keyboard.press("/")
        self.page.keyboard.press("ControlOrMeta+a")
        while self.view.locator(".chip").count(): self.view.locator(".chip .x").first.click()
        def act():
            self.page.keyboard.insert_text(query)
            self.page.wait_for_timeout(60) # the way to Enter; 120 after the last letter the search would begin by itself
            self.page.keyboard.press("Enter")
        spent = self.time(kind, ["keydown"], act)
        self.require_found(query)
        return spent

    def brush(self, low, high):
        "Drag over the histogram of tokens."
        while not (frame := self.view.locator(".brush").first.bounding_box()): self.page.evaluate(KERNEL) # it is being drawn anew
        at = lambda share: frame["x"] + share * frame["width"]
        self.page.mouse.move(at(low), frame["y"] + 10)
        self.page.mouse.down()
        self.page.mouse.move(at(high), frame["y"] + 10, steps=3)
        spent = self.time("found", ["pointerup"], self.page.mouse.up)
        self.require_found(self.ask("wb.browser.query"))
        return spent

    def require_found(self, query):
        "The first rows are the first that the query finds in Python."
        rows = self.now()["rows"]
        self.require(rows, self.ask(f"[number + 1 for number in ds.select({query!r})[:{len(rows)}].numbers.tolist()]"))

    def clear(self):
        "Show all again, not timed."
        self.page.evaluate(KERNEL)
        self.page.evaluate("() => window.clock('found', ['keydown', 'click'])")
        if self.view.locator(".chip").count(): self.view.locator(".chip .x").first.click()
        else:
            self.page.keyboard.press("/")
            self.page.keyboard.press("ControlOrMeta+a")
            self.page.keyboard.press("Backspace")
            self.page.keyboard.press("Enter")
        self.page.evaluate("() => window.measured")
        self.view.locator(".rows").focus()
        self.rest()

    def rest(self):
        "A person needs longer to type a query or to aim; meanwhile the rows nearby are fetched and summaries drawn."
        self.page.wait_for_timeout(500)

    def held(self):
        "Megabytes of the page's heap, and its elements and listeners."
        for _ in range(2): self.devtools.send("HeapProfiler.collectGarbage")
        found = {each["name"]: each["value"] for each in self.devtools.send("Performance.getMetrics")["metrics"]}
        return found["JSHeapUsedSize"] / 1e6, int(found["Nodes"]), int(found["JSEventListeners"])


def show(name, times, bar=""):
    times = sorted(times)
    at = lambda share: times[min(len(times) - 1, int(share * len(times)))]
    print(f"{name:48}{len(times):6}{at(.5):10.0f}{at(.95):10.0f}{times[-1]:10.0f}   {bar}", flush=True)


def gestures(screen, rounds, chance):
    "Every gesture a few times; name -> milliseconds."
    times = {name: [] for name in ("next example", "wheel", "far away", "filter", "brush", "search")}
    words = screen.ask(f"[word for word in {WORDS} if len(ds.select(word)[:1])]")
    for number in range(rounds):
        for _ in range(12): times["next example"].append(screen.next())
        for _ in range(4): times["far away"].append(screen.jump(.1 + .8 * chance.random()))
        for _ in range(6): times["wheel"].append(screen.wheel(chance.choice((-300, 300, 700))))
        screen.rest()
        for turn in range(3 * number, 3 * number + 3): # several of each, or the 95 % would be the worst
            times["filter"].append(screen.query(f"tokens:>{200 + turn}"))
            screen.clear()
            times["brush"].append(screen.brush(.02 + .01 * (turn % 5), .3))
            screen.clear()
            times["search"].append(screen.query(words[turn % len(words)], "rows"))
            screen.clear()
        screen.begin()
    return times


@contextmanager
def opened(browser, cells, home=None, options=(), seconds=180):
    "A notebook with these cells in a JupyterLab of its own: its page and the sizes of the messages that come."
    with tempfile.TemporaryDirectory() as folder:
        if home:
            Path(home).mkdir(parents=True, exist_ok=True)
            (Path(folder) / "home").symlink_to(Path(home).resolve(), target_is_directory=True)
        with running_lab(Path(folder), *options) as (url, work):
            page = browser.new_page(viewport={"width": 1600, "height": 1400})
            page.set_default_timeout(1000 * seconds)
            messages = []
            page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: messages.append(len(frame))))
            Notebook(page, url, work).open("large.ipynb", cells, seconds=seconds)
            page.set_default_timeout(30_000)
            yield page, messages
            page.close()


def ask_kernel(page): return [page.evaluate(KERNEL) for _ in range(40)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--home", help="folder for what is measured of the file")
    parser.add_argument("--rounds", type=int, default=12)
    options = parser.parse_args()
    with running_chromium() as browser:
        print(f"{'milliseconds to the picture':48}{'times':>6}{'median':>10}{'95 %':>10}{'most':>10}")
        with opened(browser, ["0"]) as (page, _): show("a bare question to the kernel, as Jupyter comes", ask_kernel(page))
        cells = [CELL.format(path=str(Path(options.file).resolve()))]
        with opened(browser, cells, options.home, [PROMPT], 3600) as (page, messages): measure(page, messages, options.rounds)


def measure(page, messages, rounds):
    screen, chance = Screen(page), random.Random(7)
    screen.begin()
    gestures(screen, 2, chance) # everything was used once
    held = [screen.held()]
    messages.clear()
    show("the same, as `ftbench lab` starts it", ask_kernel(page))
    for name, times in gestures(screen, rounds, chance).items(): show(name, times, "<= 100 at 95 %")
    held.append(screen.held())
    for _ in range(300): screen.next()
    held.append(screen.held())
    print(f"{'largest message from the kernel, kB':48}{max(messages) / 1000:36.1f}   <= 20")
    for name, (heap, nodes, listeners) in zip(("the page before", "after these gestures", "after 300 more examples"), held):
        print(f"{name:48}{heap:12.1f} MB{nodes:12,} elements{listeners:9,} listeners", flush=True)


if __name__ == "__main__": main()
