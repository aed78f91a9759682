"""A headless Chromium that looks at the page and keeps account of what happens there."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    expect,
    sync_playwright,
)

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REMEDY = (
    "no browser for the page: run `tests/install-programs.sh browser`, "
    "or name a Chromium by ROOKERY_BROWSER=/path/to/it"
)
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Names beyond this machine do not even resolve.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
CONTRAST = Path(__file__).with_name("contrast.js")
AXE = files("axe_playwright_python").joinpath("axe.min.js")
SPILLED = Path(__file__).with_name("spilled.js")


def find_browser() -> str | None:
    """The path of a Chromium or Chrome: `ROOKERY_BROWSER`'s, or the first on PATH."""
    named = os.environ.get("ROOKERY_BROWSER")
    found = (shutil.which(name) for name in ((named,) if named else NAMES))
    return next((path for path in found if path), None)


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser with a fresh profile; without one the test is skipped, and fails where CI=true."""
    path = find_browser()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(REMEDY)
        pytest.skip(REMEDY)
    with sync_playwright() as playwright:
        # A Chromium that runs as root has no sandbox.
        browser = playwright.chromium.launch(
            executable_path=path, args=list(QUIET), chromium_sandbox=os.geteuid() != 0
        )
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """The page in one window, as somebody with these preferences sees it."""

    def __init__(self, browser: Browser, url: str, at: str = "", **preferences: Any) -> None:
        self.url = url
        self.asked: list[str] = []
        """The address of every request."""
        self.complaints: list[str] = []
        """Errors of scripts and of the content security policy."""
        preferences = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"} | preferences
        self.context = browser.new_context(**preferences)
        self.page: Page = self.context.new_page()
        self.notice = self.page.locator("[id='Page.notice']")
        self.sheets = self.page.locator("main article:visible")
        self.page.set_default_timeout(15_000)
        self.page.on("request", self._note_request)
        self.page.on("console", self._note_message)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(f"{url}{at}")

    def _note_request(self, request: Request) -> None:
        self.asked.append(request.url)

    def _note_message(self, message: ConsoleMessage) -> None:
        # Chromium itself reports each answer that is not a success; the page shows those.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def sheet(self, model: str) -> "Sheet":
        """The sheet of a model."""
        return Sheet(self.page.locator(f"article[id='{model}']"))

    def faint(self) -> list[str]:
        """Texts and edges with too little contrast, as sentences."""
        found: list[str] = self.page.evaluate(CONTRAST.read_text())
        return found

    def barriers(self) -> list[str]:
        """Rules of accessibility that axe finds broken, each with the first place."""
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("axe.run()")["violations"]
        return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found]

    def spilled(self) -> list[str]:
        """Texts that run out of their place or over others, as sentences."""
        found: list[str] = self.page.evaluate(SPILLED.read_text())
        return found

    def overflow(self, width: int) -> int:
        """How many pixels stand out to the right, seen or cut off, in a window of that width."""
        self.page.set_viewport_size({"width": width, "height": 844})
        edges = (
            "[...document.querySelectorAll('main *')].map((e) => e.getBoundingClientRect().right)"
        )
        out: int = self.page.evaluate(
            f"Math.max(document.documentElement.scrollWidth, ...{edges}) - innerWidth"
        )
        return max(0, out)

    def resize(self, window: tuple[int, int]) -> None:
        """The window has that width and height."""
        self.page.set_viewport_size({"width": window[0], "height": window[1]})

    def seen(self, part: Locator) -> bool:
        """Whether all of the part stands within the window."""
        box, window = part.bounding_box(), self.page.viewport_size
        assert window is not None
        return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= window["height"]

    def focused(self) -> str:
        """The id of the element that has the focus, or its text where it has none."""
        found: str = self.page.evaluate(
            "document.activeElement.id || document.activeElement.textContent.trim()"
        )
        return found


class Sheet:
    """What one model's sheet shows and takes."""

    def __init__(self, root: Locator) -> None:
        self.root = root
        self.example = root.get_by_role("button", name="Example")
        self.predict = root.get_by_role("button", name="Predict")
        self.label = root.locator(".label strong")
        self.bars = root.locator(".answer li")
        self.note = root.locator(".note")
        self.state = root.locator(".state")
        self.fault = root.locator(".fault")
        self.eyebrow = root.locator(".eyebrow")
        self.promotions = root.get_by_role("table").locator("tbody").get_by_role("row")

    def ask_example(self) -> None:
        """The example is answered."""
        expect(self.predict).to_be_enabled()
        self.example.click()
        self.predict.click()
        expect(self.label).to_be_visible()

    def await_answer(self) -> None:
        """What was asked is answered."""
        expect(self.root.locator("form[aria-busy=true]")).to_have_count(0)
        expect(self.label).to_be_visible()

    def field(self, name: str) -> "Field":
        """The field of a feature."""
        return Field(self.root.locator(f"[data-feature='{name}']"))


class Field:
    """One field of a form."""

    def __init__(self, root: Locator) -> None:
        self.root = root
        self.input = root.locator("input, select").first
        self.wrong = root.locator(".wrong")
