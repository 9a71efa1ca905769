import pytest

from finished_run import make_run
from net2vec_core.cli.report import report


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    """A small finished run."""
    return make_run(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="session")
def page(results):
    """The file of its page."""
    report(results.folder / "config.yaml", results.folder, results.folder / "report", threads=2)
    return results.folder / "report" / "index.html"
