import logging
import re

import pytest

from net2vec_core import progress as module
from net2vec_core.progress import plural, progress, speed


@pytest.fixture
def lines(caplog, monkeypatch):
    """What is logged, a line an item."""
    monkeypatch.setattr(module, "SECONDS_BETWEEN_LINES", 0)
    caplog.set_level(logging.INFO)
    return lambda: [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize(("count", "things"), [(1, "chunk of images"), (3, "chunks of images")])
def test_a_line_counts_in_the_right_number(lines, count, things):
    assert list(progress(range(count), "reading", "chunk of images")) == list(range(count))
    form = rf"reading: \d of {count} {things}, [\d.,]+ (a second|s each), \d\d:\d\d left"
    assert lines()
    assert all(re.fullmatch(form, line) for line in lines()), lines()


@pytest.mark.parametrize(("rate", "words"), [(0.25, "4 s each"), (1, "1 a second"), (123.456, "123 a second")])
def test_what_is_slow_is_given_in_seconds_each(rate, words):
    assert speed(rate) == words


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("image", "images"),
        ("batch of concepts", "batches of concepts"),
        ("block of images", "blocks of images"),
        ("epoch", "epochs"),
    ],
)
def test_plurals(one, many):
    assert plural(one) == many
