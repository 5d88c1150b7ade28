"""JupyterLab in Chromium without any network: one server and one browser for the whole run.

Notebooks are written to the server's folder, run through the application's own commands, and asked through the kernel.
Every request that leaves this machine is recorded; a test that makes one fails.
"""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from live import Screen
from patience import PATIENCE, drawn, until

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--no-first-run", "--force-color-profile=srgb", "--disable-smooth-scrolling",
             # any other host fails at once, so a page that needs one fails the same way everywhere
             "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"]

expect.set_options(timeout=1000 * PATIENCE)


def pytest_collection_modifyitems(items):
    reason = None if CHROMIUM else "Chromium is not installed (Debian: apt-get install chromium)"
    for item in items:
        if Path(__file__).parent in Path(item.fspath).parents:
            item.add_marker(pytest.mark.browser)
            if reason: item.add_marker(pytest.mark.skip(reason=reason))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _environment(root: Path) -> dict:
    "A Jupyter of its own: no setting of the person who runs the tests, no news prompt, no update check."
    settings = root / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text(json.dumps({"fetchNews": "false", "checkForUpdates": False}))
    return {**{key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "FTBENCH", "OPENAI"))},
            "JUPYTER_CONFIG_DIR": str(root / "config"), "JUPYTER_DATA_DIR": str(root / "data"), "JUPYTER_RUNTIME_DIR": str(root / "runtime"),
            "IPYTHONDIR": str(root / "ipython"), "JUPYTERLAB_SETTINGS_DIR": str(root / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(root / "workspaces"), "FTBENCH_HOME": str(root / "home")}


@contextmanager
def running_lab(root: Path, *options: str):
    "A JupyterLab that keeps everything in one folder, with further options: its address and where its notebooks are."
    (work := root / "work").mkdir()
    url, environment = f"http://127.0.0.1:{_free_port()}", _environment(root)
    with open(root / "lab.log", "wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={urlsplit(url).port}",
             "--ServerApp.port_retries=0", "--IdentityProvider.token=", "--ServerApp.password=", "--ServerApp.disable_check_xsrf=True",
             f"--ServerApp.root_dir={work}", "--LabApp.expose_app_in_browser=True", "--JupyterNotebookApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly", *options],
            env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        for _ in range(480):
            if server.poll() is not None: raise RuntimeError((root / "lab.log").read_text()[-3000:])
            try:
                urllib.request.urlopen(f"{url}/api/status", timeout=2)
                break
            except OSError: time.sleep(.25)
        yield url, work
    finally:
        # a fine-tuning server that a notebook has started outlives its kernel, as it should; here it ends with the run
        subprocess.run([sys.executable, "-c", "from ftbench.jobs.service import stop; stop()"], env=environment)
        os.killpg(server.pid, signal.SIGTERM)
        try: server.wait(15)
        except subprocess.TimeoutExpired: os.killpg(server.pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    "A running JupyterLab: its address and its folder."
    with running_lab(tmp_path_factory.mktemp("lab")) as found: yield found


@contextmanager
def running_chromium():
    "A browser that reaches nothing but this machine."
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, headless=True)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def chromium():
    "One browser for the whole run."
    with running_chromium() as browser: yield browser


@contextmanager
def watched_page(chromium):
    "A fresh page; at the end no request may have left the machine and no script may have failed."
    context = chromium.new_context(viewport={"width": 1280, "height": 1400}, reduced_motion="reduce") # no colour is met half-way
    page = context.new_page()
    page.set_default_timeout(1000 * PATIENCE)
    outside, errors = [], []
    page.on("request", lambda request: urlsplit(request.url).hostname not in ("127.0.0.1", "localhost", None) and outside.append(request.url))
    # Notebook 7 itself stumbles over settings that are meant for JupyterLab; what counts is our own scripts
    page.on("pageerror", lambda error: "/static/notebook/" in (error.stack or "") or errors.append(f"{error}\n{error.stack}"))
    yield page
    context.close()
    assert not outside, f"requests left the machine: {outside[:5]}"
    assert not errors, "scripts failed: " + "\n".join(errors[:5])


@pytest.fixture
def page(chromium):
    "A fresh page for one test."
    with watched_page(chromium) as page: yield page


@pytest.fixture
def screen(page, tmp_path):
    "A page for panes, with the real Python behind them and no Jupyter."
    return Screen(page, tmp_path)


# "done" after the last cell, the error of a cell that failed before it
ENDED = """() => {
  const outputs = window.jupyterapp.shell.currentWidget.content.widgets.flatMap(({ model }) => (model.outputs ? Array.from({ length: model.outputs.length }, (_, at) => model.outputs.get(at)) : []));
  const failed = outputs.find(({ type }) => type === 'error')?.toJSON();
  if (failed) return `${failed.ename}: ${failed.evalue}`;
  return outputs.some((output) => output.type === 'stream' && String(output.toJSON().text).includes('CELLS DONE')) ? 'done' : null;
}"""


class Notebook:
    "A notebook that is open in JupyterLab."

    def __init__(self, page, url: str, work: Path): self.page, self.url, self.work = page, url, work

    def open(self, name: str, cells: list[str], place: str = "lab/tree", seconds: float = 300) -> "Notebook":
        "Write a notebook, open it and run all its cells; `place` is `notebooks` for Notebook 7, `seconds` what the cells may take."
        import nbformat
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in [*cells, "print('CELLS DONE')"]], metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}})
        nbformat.write(notebook, self.work / name)
        self.page.goto(f"{self.url}/{place}/{name}?reset", timeout=180_000)
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=180_000)
        self.run_all()
        ended = self.page.wait_for_function(ENDED, timeout=1000 * seconds).json_value()
        assert ended == "done", ended # the cells behind it do not run
        return self

    def run_all(self) -> None:
        "Run all cells, as soon as the kernel can."
        # The light says idle before the front end can run anything: ask the session itself.
        self.page.wait_for_function("""() => { const w = window.jupyterapp?.shell?.currentWidget, k = w?.sessionContext?.session?.kernel;
            return w?.context?.isReady && w.sessionContext.isReady && k?.connectionStatus === 'connected' && k.status === 'idle' }""", timeout=180_000)
        self.page.evaluate("async () => { await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.info }")
        self.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }") # not awaited: it has no time limit

    def ask(self, expression: str) -> str:
        "The repr of an expression in the kernel."
        return self.page.evaluate("""async (expression) => {
            const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
            const future = kernel.requestExecute({code: '', silent: true, store_history: false, user_expressions: {r: expression}});
            const { content } = await future.done;
            const answer = content.user_expressions.r;
            return answer.status === 'ok' ? answer.data['text/plain'] : `${answer.ename}: ${answer.evalue}`; }""", expression)

    def wait(self, expression: str, wanted: str, seconds: float = PATIENCE) -> None:
        "Wait until an expression in the kernel has this repr."
        until(self.page, lambda: self.ask(expression) == wanted, lambda: f"{expression} is {self.ask(expression)}, not {wanted}", seconds)

    def theme(self, name: str) -> None:
        "Switch JupyterLab's theme."
        self.page.evaluate("async (theme) => { await window.jupyterapp.commands.execute('apputils:change-theme', { theme }) }", name)
        self.page.wait_for_function("(theme) => document.body.dataset.jpThemeName === theme", arg=name)
        drawn(self.page)


@pytest.fixture
def notebook(page, lab): return Notebook(page, *lab)


@pytest.fixture(scope="module")
def shared_notebook(chromium, lab):
    "One notebook for all stories of a file."
    with watched_page(chromium) as page: yield Notebook(page, *lab)
