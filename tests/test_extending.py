"""The examples of docs/extending.md work as they stand there."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from build import random_scene
from net2vec_core.figures.style import save
from net2vec_core.segmentation_data import FitData
from net2vec_core.segmentation_model import Penalty, Problem
from net2vec_core.settings import DatasetSettings
from net2vec_core.surface import surface

PAGE = Path(__file__).parents[1] / "docs/extending.md"
FILTERS, GRID, MASK = 12, (5, 6), (40, 48)


def example(section):
    """What the code in a section of the page defines."""
    text = re.search(rf"^## {section}\n(.*?)(?=^## |\Z)", PAGE.read_text(), re.MULTILINE | re.DOTALL)[1]
    defined = {"__name__": "example"}
    exec(re.search(r"```python\n(.*?)```", text, re.DOTALL)[1], defined)
    return defined


def test_the_reader_gives_records(tmp_path):
    rng = np.random.default_rng(0)
    (tmp_path / "names.txt").write_text("sky\ntree\n")
    for name in "ab":
        Image.fromarray(rng.integers(0, 256, (30, 40, 3), np.uint8)).save(tmp_path / f"{name}.png")
        np.save(tmp_path / f"{name}.npy", np.full((30, 40), 2))
    settings = DatasetSettings(reader="folder", path=tmp_path, mask_size=16)
    defined = example("A reader")
    reader = defined["open_reader"](settings, tmp_path)
    records = [reader.read(image) for image in range(len(reader.images))]
    assert [concept.name for concept in reader.concepts] == ["sky", "tree"]
    assert [record.split for record in records] == ["val", "train"]
    assert all((record.masks == np.full((1, 16, 16), 2)).all() for record in records)
    assert all((record.height, record.width) == (30, 40) for record in records)
    assert all(path.exists() for path in defined["sources"](settings))


@pytest.fixture
def problem(tmp_path):
    scene = random_scene(seed=0, images=60, size=MASK)
    with FitData(scene.masks, scene.labels, tmp_path / "scratch") as data:
        patches = surface(GRID, MASK, True, 2)
        yield Problem(data.cells, data.of(0, train=True), np.array([0.9, 0.1]), patches, Penalty())


def test_the_recipe_has_the_gradient_of_its_loss(problem):
    loss = example("A recipe")["SoftDice"](problem, FILTERS)
    weights, step = np.random.default_rng(1).normal(size=FILTERS).astype(np.float32), np.float32(0.02)
    _, gradient, of_bias = loss.at(weights, 0.3)
    for filter_ in range(FILTERS):
        beside = np.eye(FILTERS, dtype=np.float32)[filter_] * step
        slope = (loss.at(weights + beside, 0.3)[0] - loss.at(weights - beside, 0.3)[0]) / (2 * step)
        assert gradient[filter_] == pytest.approx(slope, abs=2e-5)
    slope = (loss.at(weights, 0.32)[0] - loss.at(weights, 0.28)[0]) / 0.04
    assert of_bias == pytest.approx(slope, abs=1e-4)


def test_the_recipe_converges(problem):
    fit = example("A recipe")["RECIPE"].fit(problem, np.zeros(FILTERS, np.float32), np.ones((1, FILTERS), bool))
    assert fit.converged.all()
    assert np.isfinite(fit.weights).all()


def test_the_figure_is_drawn(tmp_path):
    scores = pd.DataFrame({"val_images": [3, 30], "iou_val_low": [0.1, 0.3], "iou_val_high": [0.5, 0.4]})
    save(example("A figure")["certainty"](scores, "network · layer"), tmp_path / "certainty")
    assert (tmp_path / "certainty.png").stat().st_size > 5000
