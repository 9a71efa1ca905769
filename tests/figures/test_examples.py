import subprocess
import sys

import numpy as np
import pytest

from net2vec_core.figures.example_choice import RANKS, Example
from net2vec_core.figures.examples import TILES, examples

MEDIAN, UPPER = RANKS


def example(concept, rank, labelled=None, category="part", encoded=True):
    half = np.zeros((7, 7), bool)
    half[:3] = True
    pixels = np.full((14, 14, 3), 100, np.uint8)
    nothing = np.zeros_like(half)
    return Example(
        concept, category, encoded, rank, pixels, half if labelled is None else labelled, nothing, half, 0.0, 0.734
    )


def test_each_example_is_a_block_of_tiles(shown):
    figure = examples([example(name, rank) for name in ("$a$", "b_c") for rank in RANKS], "net · layer")
    assert len(figure.axes) == 4 * len(TILES)
    texts = shown(figure)
    assert texts.count("IoU 0.73") == 4
    assert texts.count("IoU 0.00") == 4
    assert texts.count("all filters") == 2
    assert {"$a$\npart", "b_c\npart", MEDIAN, UPPER} <= set(texts)


def test_each_concept_says_once_whether_it_is_encoded(shown):
    rows = [example(name, rank, encoded=name == "a") for name in "abc" for rank in RANKS]
    texts = shown(examples(rows, "net"))
    assert texts.count("encoded") == 1
    assert texts.count("not above chance") == 2


def test_tiles_do_not_overlap_and_stay_inside():
    figure = examples([example(name, rank) for name in "abc" for rank in RANKS], "net")
    boxes = [axes.get_position() for axes in figure.axes]
    for number, box in enumerate(boxes):
        assert box.count_overlaps(boxes[:number]) == 0
        assert 0 <= box.x0 < box.x1 <= 1
        assert 0 <= box.y0 < box.y1 <= 1


def test_a_concept_of_one_image_leaves_the_other_block_empty():
    assert len(examples([example("a", MEDIAN)], "net").axes) == len(TILES)


@pytest.mark.parametrize("full", [True, False])
def test_a_mask_of_all_or_no_pixels_has_no_outline(full):
    figure = examples([example("a", MEDIAN, np.full((7, 7), full))], "net")
    outlines = [len(axes.collections) for axes in figure.axes]
    assert outlines == [0, 0, 0, 1]


def test_the_commands_do_without_torch():
    code = "import sys, net2vec_core.cli.figure_layer, net2vec_core.cli.figure_run; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
