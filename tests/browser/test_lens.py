"""The lens in Chromium with the real Python behind it: what is long comes in parts as one scrolls, and a switched weight only shades.

FTBENCH_SHOTS=FOLDER keeps pictures.
"""
import re

import pytest
from playwright.sync_api import expect

from ftbench.widgets.lens import Lens

from patience import drawn

STORY = "".join(f"On day {day} the parcel went on, <b>and nobody knew</b> where it was. " for day in range(480)) # over thirty thousand characters
TALK = {"messages": [{"role": "user", "content": "Tell me.\n" + STORY}, {"role": "assistant", "content": STORY.replace("day", "night"), "weight": 0}, {"role": "assistant", "content": "It came."}]}
TURNS = {"messages": [{"role": role, "content": f"turn {number} says a few words of its own"} for number in range(500) for role in ("user", "assistant")]}


def column(page): return page.locator(".lb").first


def place(page):
    "The first token of which something is seen, by its text and those around it, and where it stands."
    return column(page).evaluate("""(box) => { const tokens = [...box.querySelectorAll('.lens > div > .t, .lens > div > .sp1')];
        const at = tokens.findIndex((token) => token.getBoundingClientRect().bottom > box.getBoundingClientRect().top + 40);
        return [tokens.slice(at, at + 40).map((token) => token.textContent).join(''), tokens[at].getBoundingClientRect().top]; }""")


def wheel(screen, by, times=1):
    "Turn the wheel, and again when what came into sight is there."
    column(screen.page).hover()
    for _ in range(times):
        screen.page.mouse.wheel(0, by)
        drawn(screen.page)
        screen.settle()


def test_a_long_text_comes_as_one_scrolls_and_a_weight_only_shades(screen, page):
    screen.show(TALK, width=1000)
    page.evaluate("() => { window.sizes.length = 0; }")
    screen.message(0).focus()
    screen.press("l")
    expect(page.locator(".tot")).to_contain_text("tokens")
    page.get_by_role("button", name="folded").click() # the whole text of the user
    expect(page.get_by_role("button", name="folded")).to_have_count(0)
    screen.settle()
    for _ in range(6):
        wheel(screen, 400)
        before = place(page)
        page.wait_for_timeout(40)
        assert place(page) == before
    was = place(page)
    wheel(screen, 4_000, 5)
    assert page.locator(".lens > div > .t").count() < 6_500, "what is far away is let go"
    assert "On day 0 " not in column(page).inner_text() and page.get_by_role("button", name="earlier tokens").count() and page.get_by_role("button", name="later tokens").count()
    wheel(screen, -3_000, 16)
    expect(column(page)).to_contain_text("On day 0 ")
    assert was != place(page) and max(page.evaluate("window.sizes")) < 20_000
    column(page).focus()
    screen.press("End")
    expect(page.locator(".rail .sel .ix")).to_have_text("2")
    expect(column(page)).to_contain_text("It came.")
    screen.press("k")
    expect(page.locator(".rail .sel .ix")).to_have_text("1")
    screen.settle()
    wheel(screen, 200, 3)
    page.evaluate("() => { window.tokens = [...document.querySelectorAll('.lens > div > .t')]; window.sizes.length = 0; }")
    before = place(page)
    screen.press("w")
    screen.wait(lambda: screen.messages[1]["weight"] == 1)
    expect(page.locator(".rail .sel")).to_contain_text("trained")
    expect(page.locator(".lens > div > .w1").or_(page.locator(".lens > div > .x")).first).to_be_visible()
    assert place(page) == before and page.evaluate("() => window.tokens.every((token) => token.isConnected)"), "the tokens stay where they are"
    assert max(page.evaluate("window.sizes")) < 3_000, "no text is sent again"
    column(page).locator(".lens > div > .t").nth(40).click() # by mouse
    screen.wait(lambda: screen.messages[1]["weight"] == 0)
    assert place(page) == before and screen.quiet()


def test_a_thousand_turns_by_key_and_by_button(screen, page):
    screen.open(Lens(screen.show(TURNS).ds, 0), width=1000)
    page.evaluate("() => { window.sizes.length = 0; }")
    assert page.locator(".rail li").count() < 120
    page.locator(".rail li").first.click()
    for number in range(1, 6):
        screen.press("j")
        expect(page.locator(".rail .sel .ix")).to_have_text(str(number))
    screen.press("End")
    expect(page.locator(".rail .sel")).to_be_focused()
    expect(page.locator(".rail .sel .ix")).to_have_text("999")
    screen.press("w")
    expect(page.locator(".rail .sel")).to_contain_text("context")
    expect(column(page)).to_contain_text("turn 499")
    page.get_by_role("button", name="earlier messages").click()
    expect(page.locator(".rail .sel")).to_be_focused()
    assert 800 < int(page.locator(".rail .sel .ix").inner_text()) < 999
    screen.press("Home")
    expect(page.locator(".rail .sel .ix")).to_have_text("0")
    page.get_by_role("button", name="later messages").click()
    expect(page.locator(".rail .sel")).to_be_focused()
    assert max(page.evaluate("window.sizes")) < 20_000 and screen.quiet()


@pytest.mark.parametrize("width", [380, 1600])
def test_the_lens_of_a_long_text_at_both_widths(screen, page, width):
    screen.show(TALK, width=width)
    screen.message(0).focus()
    screen.press("l")
    expect(page.locator(".lens-pane .status")).to_be_visible()
    page.get_by_role("button", name="folded").click()
    screen.shots("lens-long", (width,))
    wheel(screen, 600, 12)
    who, told = re.search(r"(day|night) (\d+) ", place(page)[0]).groups()
    assert who == "night" or int(told) > 60, "one gets on at every width"
    screen.shots("lens-paged", (width,))
