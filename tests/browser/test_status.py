"""The server's status page in Chromium: asked for the key once, drawn without any outside file, text as text, nothing that axe-core minds.

FTBENCH_SHOTS=FOLDER keeps pictures of it."""
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import axe_playwright_python
import openai
import pytest

from patience import PATIENCE

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
LINE = json.dumps({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "hello"}]}) + "\n"


@pytest.fixture
def served(tmp_path):
    process = subprocess.Popen([sys.executable, "-m", "ftbench.server.serve", "--home", str(tmp_path / "home")], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + PATIENCE
    while not (tmp_path / "home" / "server.json").exists():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(.05)
    where = json.loads((tmp_path / "home" / "server.json").read_text())["url"]
    yield where, (tmp_path / "home" / "token").read_text().strip()
    process.terminate()
    process.wait(timeout=PATIENCE)


def look_over(page, name):
    "In both themes, narrow and wide: nothing is wider than the screen, and axe-core finds nothing."
    for scheme in ("light", "dark"):
        for width in (380, 1600):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
            if folder := os.environ.get("FTBENCH_SHOTS"): page.screenshot(path=f"{folder}/{name}-{scheme}-{width}.png", full_page=True)
        found = page.evaluate("async () => (await axe.run(document, { resultTypes: ['violations'] })).violations"
                              ".map(({ id, nodes }) => [id, nodes.map(({ target }) => target.join(' '))])")
        assert found == [], (name, scheme)


def test_the_status_page(chromium, served):
    where, key = served
    client = openai.OpenAI(base_url=where, api_key=key)
    file = client.files.create(file=("a.jsonl", LINE.encode() * 12), purpose="fine-tune").id
    job = client.fine_tuning.jobs.create(model="nano", training_file=file, suffix="<b>bold</b>", hyperparameters={"n_epochs": 2, "batch_size": 4})
    home, outside = where.removesuffix("v1"), []
    context = chromium.new_context(viewport={"width": 1100, "height": 700}, reduced_motion="reduce")
    try:
        page = context.new_page()
        page.set_default_timeout(1000 * PATIENCE)
        page.on("request", lambda request: None if request.url.startswith((home, "data:")) else outside.append(request.url))
        page.goto(home)
        page.evaluate(AXE)
        look_over(page, "key")
        page.get_by_label("Key").fill("guess")
        page.get_by_role("button").click()
        page.get_by_text("That is not the key.").wait_for()
        page.get_by_label("Key").fill(key)
        page.keyboard.press("Enter")
        row = page.locator("#jobs tr", has_text=job.id)
        row.get_by_text("succeeded").wait_for(timeout=300_000)
        assert "<b>bold</b>" in row.inner_text() and "6 / 6" in row.inner_text() and row.get_by_role("img", name="training loss").locator("path").get_attribute("d").startswith("M")
        client.chat.completions.create(model="nano", messages=[{"role": "user", "content": "Hi"}], max_tokens=2)
        page.locator("#requests", has_text="1 request").wait_for()
        page.locator("#models tr", has_text="nano").first.get_by_text(" tok/s").wait_for() # it has just answered; the tuned one has not
        assert page.locator("#models tr").last.inner_text().endswith("idle")
        assert page.locator("#wait").inner_text().endswith("s") and "cores" in page.locator("#machine").inner_text()
        page.get_by_role("button", name="failed 0").click()
        page.locator("#jobs:empty").wait_for(state="attached")
        page.get_by_role("button", name="all 1").click()
        row.wait_for()
        assert page.locator("#health").inner_text() == "healthy" and page.locator("#models tr").count() == 2
        assert 'model="ft:nano:' in page.locator("#call").inner_text() and key not in page.content() and outside == []
        page.evaluate(AXE)
        look_over(page, "status")
    finally: context.close()
