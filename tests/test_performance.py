"""What benchmarks say of performance, and how much memory stages take."""

import math
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from benchmarks.broden_run import STAGES
from benchmarks.broden_sized import broden_sizes
from benchmarks.measure import Check
from benchmarks.page import PAGE, page
from benchmarks.results import read_results
from net2vec_core.estimates import NEEDS, memory_mb

IMAGES, FILTERS, GRID, SIZE, DENSITY = 600, 64, (7, 7), (56, 56), 0.02

SCENE = f"""
import sys
sys.path[:0] = {[str(Path(__file__).parents[up]) for up in (0, 1)]}
import numpy as np
from build import random_scene
scene = random_scene(0, {IMAGES}, {FILTERS}, {GRID}, {SIZE}, density={DENSITY})
masks, labels = scene.masks, scene.labels
"""

FIT = """
import tempfile
from pathlib import Path
from net2vec_core.segmentation import RECIPES, fit
from net2vec_core.segmentation_data import FitData
from net2vec_core.segmentation_model import Penalty, start_weights
from net2vec_core.surface import surface
start = start_weights("abc", masks.filters, 0)
for recipe in RECIPES.values():
    onto = surface(masks.grid, labels.mask_shape, True, recipe.patch(masks.grid, labels.mask_shape))
    with tempfile.TemporaryDirectory() as folder, FitData(masks, labels, Path(folder) / "scratch", 2) as data:
        fit(data, start, np.ones((3, 1, masks.filters), bool), np.ones((3, 2)), onto, recipe, Penalty(), 2)
"""

COUNT = """
from net2vec_core.corner_patterns import corner_patterns
from net2vec_core.single_filter import count_filters
count_filters(masks, labels, corner_patterns(masks.grid, labels.mask_shape, True), 2)
"""

SIZES = replace(
    broden_sizes(Fraction(1)), images=IMAGES, filters=FILTERS, cells=math.prod(GRID), mask_pixels=math.prod(SIZE),
    concepts=3, pairs=3 * IMAGES, batches=1, quantile=DENSITY,
)  # fmt: skip


@pytest.mark.parametrize(("stage", "work"), [("segmentation", FIT), ("single_filter", COUNT)])
def test_stages_take_no_more_memory_than_they_say(stage, work):
    bound = NEEDS[stage](SIZES, 2).memory
    script = f"{SCENE}{work}\nfrom benchmarks.measure import peak_memory\nprint(peak_memory())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert 100 < float(done.stdout) < bound / 2**20


@pytest.mark.parametrize("measured", [of for name, of in read_results().items() if name.startswith("broden-")])
def test_stages_took_no_more_memory_at_brodens_size_than_they_ask_for_now(measured):
    sizes = broden_sizes(Fraction(measured["fraction"]))
    for stage, needs in STAGES.items():
        asked = memory_mb(needs, sizes, measured["threads"]) * 10**6 / 2**20
        used = max(of["memory_mib"] for of in measured["stages"] if of["stage"] == stage)
        assert used < asked < 3 * used, stage


def test_the_page_of_performance_is_made_from_the_results():
    assert PAGE.read_text() == page(), "run `python -m benchmarks.page`"


def test_a_check_says_whether_it_holds():
    assert str(Check("times", 30.04, 25, at_least=True)) == "times: 30, at least 25: holds"
    assert str(Check("times", 7, 6, at_least=False)) == "times: 7, at most 6: MISSED"
