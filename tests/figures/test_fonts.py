import logging
from pathlib import Path

import pytest

from net2vec_core.figures import fonts
from net2vec_core.figures.fonts import families, font_file, warn_of_boxes

FILES = {"DejaVu Sans": Path("own"), "Noto Sans CJK SC": Path("cjk"), "Noto Emoji": Path("emoji")}
CHARACTERS = {Path("own"): "tree шар ", Path("cjk"): "tree 猫木", Path("emoji"): "🐈"}


@pytest.fixture
def installed(monkeypatch):
    """A machine with these fonts."""
    monkeypatch.setattr(fonts, "families", lambda: tuple(FILES))
    monkeypatch.setattr(fonts, "_file", lambda family, _bold: FILES[family])
    monkeypatch.setattr(fonts, "_characters", lambda file: frozenset(map(ord, CHARACTERS[file])))


def test_matplotlibs_own_font_comes_first():
    assert families()[0] == "DejaVu Sans"
    assert font_file("tree", bold=True).name == "DejaVuSans-Bold.ttf"


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(("text", "file"), [("tree", "own"), ("шар", "own"), ("猫木 tree", "cjk"), ("🐈", "emoji")])
def test_the_font_that_draws_most_of_a_text_is_taken(text, file):
    assert font_file(text, bold=False) == Path(file)


@pytest.mark.usefixtures("installed")
def test_names_that_no_font_draws_are_told_once(caplog):
    with caplog.at_level(logging.WARNING):
        warn_of_boxes(["tree", "猫🐈", "木"])
        assert not caplog.records
        warn_of_boxes(["tree", "शेर", "شجرة"])
    (record,) = caplog.records
    assert "in `शेर`, `شجرة`; the page shows it" in record.getMessage()
