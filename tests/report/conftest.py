import shutil
from pathlib import Path

import pytest

from finished_run import make_run
from net2vec_core.cli.report import report

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    """A small finished run."""
    return make_run(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="session")
def page(results):
    """The file of its page."""
    report(results.folder / "config.yaml", results.folder, results.folder / "report", threads=2)
    return results.folder / "report" / "index.html"


@pytest.fixture(scope="session")
def browser():
    """A headless browser that asks for nothing by itself."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"there is no browser: none of {', '.join(BROWSERS)}")
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=Path(path), args=options)
        yield chromium
        chromium.close()
