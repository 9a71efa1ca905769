"""A run on class folders, which hold no masks: its concepts are classified, and nothing is segmented."""

import numpy as np
import pandas as pd
import pytest

from scenes import save
from workspace import ONE_LAYER, Workspace, with_changes

CLASSES = ("banded", "dotted", "woven")
DATA = {"reader": "imagefolder", "path": "classes", "image_size": 64, "mask_size": 32}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    space = Workspace(tmp_path_factory.mktemp("classes"))
    rng = np.random.default_rng(0)
    for place, name in enumerate(CLASSES):
        for image in range(12):
            pixels = rng.integers(0, 80, (40, 40, 3), np.uint8) + np.array([0, 80 * place, 60], np.uint8)
            save(space.folder / "classes" / name / f"{image}.png", pixels)
    space.output = space.run(with_changes(ONE_LAYER, ("dataset", DATA), ("analogies", [])))
    return space


def test_concepts_are_classified(workspace):
    table = pd.read_csv(workspace.results / "small/features.6/classification.csv")
    assert sorted(table["concept"]) == list(CLASSES)
    assert (table["accuracy_val"] > 0.5).all()
    subsets = pd.read_csv(workspace.results / "small/features.6/subsets.csv")
    assert set(subsets["task"]) == {"classification"}


def test_nothing_is_segmented_and_the_run_says_so(workspace):
    assert "class folders hold no masks: concepts are classified, not segmented" in workspace.output
    assert "Done. Open results/tiny/small/features.6/classification.csv" in workspace.output
    assert not list(workspace.results.rglob("segmentation*"))
    assert not (workspace.results / "report").exists()
    assert (workspace.results / "provenance.json").is_file()


def test_it_is_done(workspace):
    assert workspace.planned(with_changes(ONE_LAYER, ("dataset", DATA), ("analogies", []))) == {}
