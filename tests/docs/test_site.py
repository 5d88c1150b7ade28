"""The documentation site in Chromium: every room has its page, nothing fails, nothing is asked of another host."""
import re
import os
import shutil
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_docs"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
ROOMS = sorted(path.name for path in (ROOT / "nbs").iterdir() if path.is_dir() and list(path.glob("*.ipynb")))

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed (Debian: apt-get install chromium)")]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *words): pass


@pytest.fixture(scope="module")
def site():
    "The address of the site, built first where it is missing."
    if not (SITE / "index.html").exists(): subprocess.run([sys.executable, str(ROOT / "tools" / "docs" / "build.py")], check=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, site):
    "A page that keeps what went wrong on it; a test fails on anything kept."
    context = browser.new_context(viewport={"width": 1300, "height": 1000})
    context.set_default_timeout(120_000) # ends what hangs, however slow the machine is
    page, faults = context.new_page(), []
    page.on("request", lambda request: request.url.startswith((site, "data:", "blob:")) or faults.append(f"asked for {request.url}"))
    page.on("requestfailed", lambda request: faults.append(f"failed: {request.url}"))
    page.on("response", lambda response: response.status < 400 or faults.append(f"{response.status}: {response.url}"))
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    yield page
    context.close()
    assert faults == []


def first_page(room: str) -> str: return f"{room}/{min((SITE / room).glob('*.html')).name}"


def test_front_page(page, site):
    page.goto(site)
    assert page.locator("h1").inner_text().startswith("ftbench")
    sidebar = page.locator(".sidebar-tree")
    captions = [each.upper() for each in sidebar.locator(".caption").all_inner_texts()]
    assert captions[:3] == ["TUTORIALS", "CORE", "DATA"] and "WIDGETS" in captions
    assert page.locator(".cell_output .ft").first.is_visible(), "the data set shows itself without a kernel"


@pytest.mark.parametrize("room", ROOMS)
def test_page_of_a_room(page, site, room):
    page.goto(site + first_page(room))
    article = page.locator("article")
    assert article.locator("h1").is_visible() and len(article.inner_text()) > 500
    sources = article.locator(".source-link a")
    if room == "tutorials": return
    sources.first.click()
    page.wait_for_url(re.compile(re.escape(f"{site}source/ftbench.") + ".*#source-"))
    assert "def " in page.locator("article").inner_text()


def test_every_notebook_has_a_page():
    pages = {f"{path.parent.name}/{path.stem}.html" for path in (ROOT / "nbs").glob("*/*.ipynb") if not path.parent.name.startswith(".")}
    missing = sorted(name for name in pages if not (SITE / name).exists())
    assert missing == [], "the site in _docs is old: run make docs"


def test_signature_and_parameters(page, site):
    page.goto(site + "checks/29_report.html")
    assert re.search(r"check_file\(\s*path: ", page.locator("article").inner_text())
    row = page.locator("article tr", has_text="a training or validation file")
    assert row.first.is_visible()


def test_charts_are_pictures(page, site):
    page.goto(site + "charts/70_charts.html")
    pictures = page.locator(".cell_output img")
    assert pictures.count() >= 3
    for picture in pictures.all():
        assert picture.get_attribute("alt")
        assert picture.evaluate("image => image.complete && image.naturalWidth > 100")


def test_search_finds_a_function(page, site):
    page.goto(site)
    page.locator("input[name=q]").first.fill("truncated")
    page.locator("input[name=q]").first.press("Enter")
    page.locator("#search-results li a[href*='checks/']").first.wait_for() # results come one by one


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_theme_reaches_the_widgets(browser, site, scheme):
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(site)
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    light = page.evaluate("getComputedStyle(document.body).color.match(/\\d+/g).slice(0, 3).every(part => part > 128)")
    assert light == (scheme == "dark")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_gallery_shows_the_theme_of_the_page(browser, site, scheme):
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1600, "height": 1000})
    page = context.new_page()
    page.goto(site + "gallery.html")
    shown = [image.get_attribute("src") for image in page.locator(".ours img:visible").all()]
    assert len(shown) == 9 * 6 and all(source.endswith(f"{scheme}.webp") for source in shown if "-usual-" not in source)
    assert page.locator(".ours img:visible").evaluate_all("all => all.every((one) => one.complete && one.naturalWidth >= 400 && one.alt && one.closest('a'))")
    ours, drawn = page.locator(".beside").first.locator("img:visible").all()
    assert drawn.bounding_box()["x"] > ours.bounding_box()["x"] + 300  # beside it
    page.set_viewport_size({"width": 380, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
