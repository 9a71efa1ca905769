import numpy as np
import pandas as pd
import pytest

from net2vec_core.figures.scores import read_scores
from net2vec_core.settings import SegmentationSettings
from net2vec_core.storage import write_table


@pytest.fixture
def layer(tmp_path):
    """A layer's tables of two concepts, fitted with seeds 7 and 3, in another order in each table."""
    fit = {"iou_val_low": np.nan, "iou_val_high": 0.9, "recipe": "paper", "single_filter": 5}
    rows = [("NA", 7, 0.1), ("$x", 7, 0.2), ("NA", 3, 0.3), ("$x", 3, 0.4)]
    fits = [fit | {"concept": name, "category": "part", "seed": seed, "iou_val": iou} for name, seed, iou in rows]
    write_table(pd.DataFrame(fits), tmp_path / "segmentation.csv")
    above = [("NA", 3, True), ("NA", 7, False), ("$x", 3, False), ("$x", 7, True)]
    evidence = [{"concept": name, "recipe": "paper", "seed": seed, "encoded": encoded} for name, seed, encoded in above]
    write_table(pd.DataFrame(evidence), tmp_path / "significance.csv")
    single = {"concept": ["$x", "NA"], "filter": 5, "iou_val": [0.02, 0.01], "iou_val_low": 0.0, "iou_val_high": 0.05}
    write_table(pd.DataFrame(single), tmp_path / "single_filter.csv")
    return tmp_path


def test_scores_of_the_first_seed_stand_beside_the_single_filters(layer):
    scores = read_scores(layer, SegmentationSettings(seeds=[3, 7]))
    assert scores["concept"].tolist() == ["NA", "$x"]
    assert scores["multi"].tolist() == [0.3, 0.4]
    assert scores["single"].tolist() == [0.01, 0.02]
    assert scores["multi_low"].isna().all()
    assert scores["single_high"].tolist() == [0.05, 0.05]
    assert scores["single_filter"].tolist() == [5, 5]
    assert scores["encoded"].tolist() == [True, False]
