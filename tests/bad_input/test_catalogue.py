"""Every mistake of the catalogue ends in its one message, and leaves everything as it was."""

import contextlib
import shutil
from pathlib import Path
from unittest import mock

import pytest

from bad_input.catalogue import CASES, PAGE, page
from bad_input.frame import STAGES, as_pattern, listing, make_run, net2vec

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bad_input") / "finished"
    make_run(folder)
    return folder


@pytest.fixture
def run(finished, tmp_path, monkeypatch):
    """A copy of the finished run, which is the working directory."""
    folder = tmp_path / "run"
    shutil.copytree(finished, folder, symlinks=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_mistake_ends_in_one_message_and_nothing_half_written(run, case):
    case.spoil()
    before = listing(run)
    with mock.patch(*case.patch) if case.patch else contextlib.nullcontext():
        done = net2vec(STAGES.get(case.command, case.command))
    assert as_pattern(case.message).fullmatch(done.message), done.message
    assert {path: digest for path, digest in before.items() if path != case.removes} == listing(run)


def test_there_are_many_and_each_is_another():
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)


def test_the_page_of_docs_is_up_to_date():
    assert (REPOSITORY / PAGE).read_text(encoding="utf-8") == page(), "run `make reference`"
