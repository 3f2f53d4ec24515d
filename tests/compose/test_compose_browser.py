"""The HTML of e-mails in a real browser: narrow, wide, light, dark, without images.

Chromium is the system's (`apt-get install chromium`); Playwright only drives it. Every template
with extreme values: `./run test -m slow tests/compose/test_compose_browser.py`.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from dispatcher.compose.contact import Data, contact_data
from dispatcher.compose.render import render
from tests.compose.compose_world import CREDITOR, DEBTOR, ITEMS, TODAY, dues, full_data, shipped


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and os.environ.get("CI") != "true", reason="Chromium is not installed"
)

LIBRARY = shipped()
TEMPLATES = sorted(
    name for name in LIBRARY.templates if "email" in LIBRARY.channels(name) and name != "_layout"
)

Scheme = Literal["light", "dark"]

WIDTHS = (320, 700)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
READABLE = 4.5  # WCAG 2 AA, text of any size

#: Every text that a reader should see: its colours, its place, whether it is drawn at all.
LOOK = """() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const background = element => {
    for (let each = element; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if (!/, 0\\)$|transparent/.test(colour)) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  for (let node; node = walker.nextNode();) {
    if (!node.textContent.trim()) continue;
    const range = document.createRange(), element = node.parentElement;
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect(), style = getComputedStyle(element);
    found.push({
      text: node.textContent.trim(), colour: style.color, behind: background(element),
      left: box.left, right: box.right, height: box.height, size: parseFloat(style.fontSize),
      seen: style.visibility === 'visible' && style.opacity === '1',
      heading: !!element.closest('thead'),
    });
  }
  for (const cell of document.querySelectorAll('td[data-label]')) {
    const style = getComputedStyle(cell, '::before');
    if (style.content === 'none' || style.display === 'none' || !cell.offsetHeight) continue;
    found.push({
      text: cell.dataset.label, colour: style.color, behind: background(cell), left: 0, right: 0,
      height: 1, size: parseFloat(style.fontSize), seen: true, heading: false, label: true,
    });
  }
  return found;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM is not None, "CI wants a browser: apt-get install chromium"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


def extreme_data() -> Data:
    """Forty invoices, words without a break, the longest amounts."""
    debtor = replace(DEBTOR, name="Établissements" + "-Lefèvre" * 12, contact_name="")
    items = tuple(
        replace(ITEMS[0], number=f"F2026{'0' * 25}{number}", balance=123456789012)
        for number in range(40)
    )
    return contact_data(
        creditor=replace(CREDITOR, pay_url="https://payer.example/" + "a" * 120),
        debtor=debtor,
        to=debtor.email,
        claimed=items,
        today=TODAY,
        limit=TODAY,
        dues=dues(debtor=debtor, items=items),
    )


DATA = {"usual": full_data, "extreme": extreme_data}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A page that may load nothing; what it asks for all the same is in `asked`."""
    opened = browser.new_page()
    opened.route("**/*", _refused)
    yield opened
    opened.close()


asked: list[str] = []


def _refused(route: Route) -> None:
    asked.append(route.request.url)
    route.abort()


def shown(page: Page, width: int, scheme: Scheme) -> None:
    """The e-mail at that width and in that scheme."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)


def contrast(one: str, other: str) -> float:
    """The ratio of two colours as the browser writes them (WCAG 2)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [float(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def faults(page: Page, width: int) -> list[str]:
    """Everything that a reader could not read, in words."""
    found = []
    scrolled = page.evaluate("document.documentElement.scrollWidth")
    if scrolled > width:
        found.append(f"scrolls to {scrolled}")
    texts = page.evaluate(LOOK)
    labels = {text["text"] for text in texts if text.get("label")}
    for text in texts:
        if text["heading"] and not text["height"] and text["text"] in labels:
            continue  # the heading stands beside each cell
        if not text["height"] or not text["seen"]:
            found.append(f"hidden: {text['text']}")
        if text["left"] < 0 or text["right"] > width:
            found.append(f"outside: {text['text']}")
        if text["size"] < 12:
            found.append(f"tiny: {text['text']}")
        if contrast(text["colour"], text["behind"]) < READABLE:
            found.append(f"pale: {text['text']} ({text['colour']} on {text['behind']})")
    return found


def part(template: str, data: str) -> str:
    made = render(
        LIBRARY, template, channel="email", tone="courteous", lang="fr", data=DATA[data]()
    )
    return made["html"]


def _is_readable(page: Page, template: str, data: str) -> None:
    page.set_content(part(template, data))
    for width in WIDTHS:
        for scheme in SCHEMES:
            shown(page, width, scheme)
            assert faults(page, width) == [], (data, width, scheme)
    assert asked == []  # no picture, no font, no style from elsewhere


@pytest.mark.parametrize("template", TEMPLATES)
def test_an_email_is_readable_narrow_and_wide_in_light_and_dark(page: Page, template: str) -> None:
    _is_readable(page, template, "usual")


@pytest.mark.parametrize("template", ["courteous-reminder", "formal-notice"])
def test_forty_invoices_and_long_names_are_readable(page: Page, template: str) -> None:
    _is_readable(page, template, "extreme")


@pytest.mark.slow
@pytest.mark.parametrize("template", TEMPLATES)
def test_forty_invoices_and_long_names_are_readable_in_each(page: Page, template: str) -> None:
    _is_readable(page, template, "extreme")


def test_dark_is_dark_and_wide_stays_narrow_enough_to_read(page: Page) -> None:
    page.set_content(part("courteous-reminder", "usual"))
    colours = []
    for scheme in SCHEMES:
        shown(page, 1200, scheme)
        colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        assert page.evaluate("document.querySelector('.page').offsetWidth") <= 700
    assert contrast(*colours) > 10


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<p style='width: 900px'>x</p>", "scrolls to"),
        ("<p style='color: #999; background: #fff'>x</p>", "pale: x"),
        ("<p style='display: none'>x</p>", "hidden: x"),
        ("<p style='font-size: 9px; color: #000'>x</p>", "tiny: x"),
    ],
)
def test_what_nobody_could_read_is_found(page: Page, html: str, fault: str) -> None:
    page.set_content(html)
    shown(page, 320, "light")
    assert any(each.startswith(fault) for each in faults(page, 320))


def test_what_an_email_loads_is_found(page: Page) -> None:
    page.set_content("<img src='https://elsewhere.example/x.png'>")
    page.wait_for_load_state("load")
    assert asked == ["https://elsewhere.example/x.png"]
    asked.clear()
