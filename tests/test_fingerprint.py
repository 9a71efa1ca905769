import numpy as np
import pandas as pd
import pytest
from torchvision.models import squeezenet1_1

from net2vec_core.fingerprint import dataset_fingerprint
from net2vec_core.network import weights_fingerprint


class SmallSet:
    """The files of a data set of three images."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        for name in "abc":
            (folder / f"{name}.png").write_text(name)
        self.masks = np.arange(3 * 4 * 4, dtype=np.uint16).reshape(3, 1, 4, 4)
        self.occurrences = "image,concept,pixels\n0,sky,3\n"
        self.splits = ["train", "train", "val"]

    def fingerprint(self):
        paths = [str(self.folder / f"{name}.png") for name in "abc"]
        table = pd.DataFrame({"image": range(3), "path": paths, "split": self.splits, "height": 4, "width": 4})
        table.to_csv(self.folder / "images.csv", index=False)
        (self.folder / "occurrences.csv").write_text(self.occurrences)
        return dataset_fingerprint(self.folder / "images.csv", self.folder / "occurrences.csv", self.masks, 2)


def test_the_place_of_a_data_set_does_not_count(tmp_path):
    assert SmallSet(tmp_path / "a").fingerprint() == SmallSet(tmp_path / "b").fingerprint()


@pytest.mark.parametrize("change", ["image", "mask", "label", "split"])
def test_all_that_is_in_a_data_set_counts(tmp_path, change):
    data = SmallSet(tmp_path / "a")
    before = data.fingerprint()
    match change:
        case "image":
            (data.folder / "b.png").write_text("other")
        case "mask":
            data.masks[2, 0, 3, 3] = 7
        case "label":
            data.occurrences = data.occurrences.replace("sky", "sea")
        case "split":
            data.splits[1] = "val"
    assert data.fingerprint() != before


def test_every_weight_counts():
    model = squeezenet1_1()
    before = weights_fingerprint(model)
    assert weights_fingerprint(model.half().float()) != before
    model.load_state_dict(squeezenet1_1().state_dict())
    assert weights_fingerprint(model) != before
    assert len(before) == 16


def test_the_same_weights_have_the_same_fingerprint():
    one, two = squeezenet1_1(), squeezenet1_1()
    two.load_state_dict(one.state_dict())
    assert weights_fingerprint(one) == weights_fingerprint(two)
