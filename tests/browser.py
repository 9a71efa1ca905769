"""The browser in which the page is tested, and of which pictures are taken."""

import shutil
from contextlib import contextmanager

NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


class NoBrowserError(Exception):
    """Says what is missing."""


@contextmanager
def headless_browser():
    """A browser without a window, which asks for nothing by itself.

    Raises:
        NoBrowserError: where there is none.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise NoBrowserError("playwright is not installed") from None
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        raise NoBrowserError(f"there is no browser: none of {', '.join(NAMES)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        yield browser
        browser.close()
