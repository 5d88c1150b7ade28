"""One page without Python or network: browsing, filtering, brushing, the lens, by mouse and by keys.

FTBENCH_SAVED=2000 fills the page and prints its size and the time until its table can be used."""
import json
import os
import random
import re
import time

import pytest
from mails import write_examples
from playwright.sync_api import expect

from ftbench.data.dataset import open_dataset
from ftbench.data.samples import sample_path

HOSTILE = "</script><script>window.hacked = 1</script><img src=x onerror=\"window.hacked = 1\"><svg onload=\"window.hacked = 1\">\u202e"
COUNT = int(os.environ.get("FTBENCH_SAVED", "120"))


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder, chance = tmp_path_factory.mktemp("saved"), random.Random(7)
    lines = [line for name in ("routing", "tools") for line in sample_path(name, "train").read_text().splitlines()]
    talks = [{"messages": [{"role": "user", "content": HOSTILE}, {"role": "assistant", "content": HOSTILE}]}]
    while len(talks) < COUNT:
        talk = json.loads(chance.choice(lines))
        talk["messages"][-2]["content"] = f"{talk['messages'][-2]['content']} ({len(talks)})"
        talks.append(talk)
    ds = open_dataset(write_examples(folder / "mails.jsonl", talks))
    ds.review.tag([1, 2], "odd")
    started = time.perf_counter()
    path = ds.to_html(folder / "mails.html")
    print(f"\n{COUNT} examples: page of {path.stat().st_size / 1e6:.2f} MB, written in {time.perf_counter() - started:.1f} s")
    return path


def opened(page, path):
    started = time.perf_counter()
    page.goto(path.as_uri())
    page.locator(".saved .canvas .xr").first.wait_for()
    print(f"table after {1000 * (time.perf_counter() - started):.0f} ms")
    return page


def test_browse_filter_and_read(page, saved):
    opened(page, saved)
    status, rows, box = page.locator(".saved > .status"), page.locator(".saved .canvas .xr"), page.get_by_role("searchbox")
    expect(status).to_contain_text(f"{COUNT} shown" if COUNT < 1000 else f"{COUNT:,} shown")
    box.fill("tag:odd")
    expect(status).to_contain_text("2 shown")
    box.fill("sort:-tokens tools:>0")
    expect(rows.first.locator(".c-o")).not_to_have_text("0")
    box.fill("tokens:>x")
    expect(page.locator(".fault")).to_contain_text("not a number or a range")
    box.fill("duplicate:any")
    expect(page.locator(".fault")).to_contain_text("without Python")
    box.fill("no such words")
    page.get_by_role("button", name="Clear the search").click()
    rows.nth(3).click()
    expect(page.locator(".exh b").first).to_have_text("#4")
    brush = page.locator(".brush").first
    frame = brush.bounding_box()
    page.mouse.move(frame["x"] + frame["width"] * .6, frame["y"] + 10)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] - 2, frame["y"] + 10)
    page.mouse.up()
    expect(box).to_have_value(re.compile(r"tokens:\d+\.\.\d+"))


def test_by_keys_alone_and_the_lens(page, saved):
    opened(page, saved)
    page.locator(".saved .rows").focus()
    page.keyboard.press("j")
    expect(page.locator(".exh b").first).to_have_text("#2")
    page.keyboard.press("l")
    expect(page.locator(".lens-pane .sp1").first).to_be_visible()
    assert page.locator(".lens-pane .w1").count() > 3 and "exact" in page.locator(".lens-pane .tot").inner_text()
    page.keyboard.press("k")
    expect(page.locator(".exh b").first).to_have_text("#1")
    page.keyboard.press("/")
    page.keyboard.type("tools:>0")
    expect(page.locator(".saved > .status")).not_to_contain_text(f"{COUNT:,} shown")
    page.keyboard.press("Escape")


@pytest.mark.parametrize("width", [380, 1600])
def test_text_stays_text_and_the_page_fits(page, saved, width):
    page.set_viewport_size({"width": width, "height": 900})
    opened(page, saved)
    expect(page.locator(".conv .text").first).to_contain_text("</script><script>")
    page.keyboard.press("Tab")
    page.locator(".exh .seg button", has_text="Lens").click()
    page.wait_for_timeout(100)
    assert page.evaluate("window.hacked === undefined") and page.locator(".saved img, .saved [onerror], .saved [onload]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_without_a_script_the_first_rows_read(chromium, saved):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(saved.as_uri())
    assert page.locator("#still-0 tbody tr").count() == 40 and page.locator("#still-0 .msg").count() == 2
    context.close()
