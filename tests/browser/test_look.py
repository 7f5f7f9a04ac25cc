"""Every page, on a phone and on a desk, light and dark, in both directions of writing: it fits, it can be read, and all
that has a name says it. ``POOLHOUSE_SCREENSHOTS=<directory>`` keeps what was seen, to be looked at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser import walk
from tests.browser.conftest import OpenPage
from tests.browser.house import House

pytestmark = [pytest.mark.browser, pytest.mark.server]

SCREENSHOTS = os.environ.get("POOLHOUSE_SCREENSHOTS")
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
# 1280 pixels at 400 %: WCAG 2.2, reflow.
NARROW: dict[str, Any] = {"viewport": {"width": 320, "height": 640}}

PROBLEMS = Path(__file__).with_name("problems.js").read_text()


@pytest.mark.parametrize(
    ("device", "mode", "language"),
    [
        ("phone", "light", "en"),
        ("phone", "dark", "ar"),
        ("desk", "light", "de"),
        ("desk", "dark", "en"),
        ("narrow", "light", "de"),
    ],
)
def test_every_page(lido: House, open_page: OpenPage, device: str, mode: str, language: str) -> None:
    size = {"phone": PHONE, "desk": DESK, "narrow": NARROW}[device]
    page = open_page(**size, color_scheme=mode, locale=language)
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        problems = page.evaluate(PROBLEMS)
        if problems:
            found[name] = problems
        if SCREENSHOTS:
            target = Path(SCREENSHOTS, f"{name}-{device}-{mode}-{language}.png")
            page.screenshot(path=target, full_page=name != "menu")

    walk.over_all_pages(page, lido, look)
    assert not found


def test_pages_are_as_dark_as_the_device(lido: House, open_page: OpenPage) -> None:
    seen = {mode: _luminance(open_page(color_scheme=mode), lido) for mode in ("light", "dark")}
    assert seen["light"] > 200
    assert seen["dark"] < 60


def _luminance(page: Page, lido: House) -> float:
    page.goto(lido.relaxed.authorize())
    return float(
        page.evaluate("""() => {
        const canvas = document.createElement("canvas").getContext("2d");
        canvas.fillStyle = getComputedStyle(document.querySelector("main")).backgroundColor;
        canvas.fillRect(0, 0, 1, 1);
        return Math.max(...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3));
    }""")
    )


def test_what_a_first_visit_weighs(lido: House, open_page: OpenPage) -> None:
    """The budget of a sign-in page: 45 kB in 7 requests, all of them to ourselves, and all but the page only once."""
    page = open_page()
    fetched: list[tuple[str, int]] = []
    page.on("response", lambda response: fetched.append((response.url, len(response.body()))))
    page.goto(lido.relaxed.url("/login"))
    page.wait_for_load_state("networkidle")
    assert len(fetched) <= 7
    assert sum(size for _, size in fetched) <= 45_000
    assert {url.startswith(lido.server.url) for url, _ in fetched} == {True}
    assert max(size for url, size in fetched if "/login" in url) <= 8_000
