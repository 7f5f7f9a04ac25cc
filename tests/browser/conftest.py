"""Chromium, and a house for it to visit. Every console message of a page is a failure: a broken Content-Security-Policy
is silent otherwise."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.browser import house
from tests.browser.house import House

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# What Chromium says of pages whose status tells the truth.
STATUS = "Failed to load resource: the server responded with a status of 4"

OpenPage = Callable[..., Page]


@pytest.fixture(scope="package")
def lido(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house.opened(tmp_path_factory.mktemp("lido")) as opened:
        yield opened


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not here: apt-get install -y --no-install-recommends chromium libatomic1")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


@pytest.fixture
def complaints() -> list[str]:
    """What the console of any page said."""
    return []


@pytest.fixture
def open_page(chromium: Browser, complaints: list[str]) -> Iterator[OpenPage]:
    contexts = []

    def opened(**options: object) -> Page:
        context = chromium.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        contexts.append(context)
        context.on("console", lambda message: _note(message, complaints))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
    assert not complaints


def _note(message: ConsoleMessage, complaints: list[str]) -> None:
    if not message.text.startswith(STATUS):
        complaints.append(message.text)
