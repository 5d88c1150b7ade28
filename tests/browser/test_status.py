"""The server's status page in Chromium: asked for the key once, drawn without any outside file, text as text."""
import json
import subprocess
import sys
import time

import openai
import pytest

LINE = json.dumps({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "hello"}]}) + "\n"


@pytest.fixture
def served(tmp_path):
    process = subprocess.Popen([sys.executable, "-m", "ftbench.server.serve", "--home", str(tmp_path / "home")], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (tmp_path / "home" / "server.json").exists(): assert process.poll() is None and time.monotonic() < deadline
    where = json.loads((tmp_path / "home" / "server.json").read_text())["url"]
    yield where, (tmp_path / "home" / "token").read_text().strip()
    process.terminate()
    process.wait(timeout=30)


def test_the_status_page(chromium, served):
    where, key = served
    client = openai.OpenAI(base_url=where, api_key=key)
    file = client.files.create(file=("a.jsonl", LINE.encode() * 12), purpose="fine-tune").id
    job = client.fine_tuning.jobs.create(model="nano", training_file=file, suffix="<b>bold</b>", hyperparameters={"n_epochs": 2, "batch_size": 4})
    home, outside = where.removesuffix("v1"), []
    context = chromium.new_context(viewport={"width": 1100, "height": 700})
    try:
        page = context.new_page()
        page.on("request", lambda request: None if request.url.startswith((home, "data:")) else outside.append(request.url))
        page.goto(home)
        page.get_by_label("Key").fill("guess")
        page.get_by_role("button").click()
        page.get_by_text("That is not the key.").wait_for()
        page.get_by_label("Key").fill(key)
        page.keyboard.press("Enter")
        row = page.locator("#jobs tr", has_text=job.id)
        row.get_by_text("succeeded").wait_for(timeout=60_000)
        assert "<b>bold</b>" in row.inner_text() and "6 / 6" in row.inner_text() and row.locator("path").get_attribute("d").startswith("M")
        assert page.locator("#health").inner_text() == "healthy" and page.locator("#models tr").count() == 2
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") and key not in page.content() and outside == []
    finally: context.close()
