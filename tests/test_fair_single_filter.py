import numpy as np
import pandas as pd
import pytest

from benchmarks import plain
from build import labels_from, random_scene
from net2vec_core.counts import iou
from net2vec_core.errors import UserError
from net2vec_core.fair_single_filter import fair_single_filter
from net2vec_core.fair_single_filter_store import read_fair_single_filter, write_fair_single_filter
from net2vec_core.tables import fair_single_filter_table
from test_rotation import stored

SIZE = 10


def planted(images=40):
    """Two concepts, and filters that are theirs at one threshold each: filter 2 at 0.3, filter 4 at 0.02."""
    rng = np.random.default_rng(0)
    planes = np.zeros((images, 2, SIZE, SIZE), np.uint16)
    for image, top in enumerate(rng.integers(0, SIZE - 2, images)):
        planes[image, 0, top : top + 3] = 1
        planes[image, 1, top, 3:5] = 2
    activations = rng.random((images, 5, SIZE, SIZE))
    activations[:, 2] += planes[:, 0] == 1
    activations[:, 4] += planes[:, 1] == 2
    labels = labels_from(planes, [[]] * images, np.arange(images) % 2 == 0, [1, 2])
    return activations.astype(np.float32), labels


def test_finds_the_filter_and_the_threshold_that_are_the_concept():
    activations, labels = planted()
    fair = fair_single_filter([stored(activations)], labels, [0.005, 0.02, 0.3], True, threads=2)
    assert fair.filter.tolist() == [2, 4]
    assert fair.quantile.tolist() == [0.3, 0.02]
    np.testing.assert_array_equal(fair.best.intersection, fair.best.union)
    limits = [plain.threshold(activations, quantile)[filter_] for filter_, quantile in ((2, 0.3), (4, 0.02))]
    np.testing.assert_array_equal(fair.threshold, limits)


def test_one_small_share_for_all_caps_the_overlap():
    activations, labels = planted()
    best = fair_single_filter([stored(activations)], labels, [0.005], True, threads=1).best
    assert 0 < best.intersection[best.concept == 0].sum() / best.union[best.concept == 0].sum() <= 0.005 / 0.3


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_equals_trying_every_filter_at_every_threshold(dtype):
    scene, quantiles = random_scene(seed=3, size=(14, 18)), [0.05, 0.3, 0.6]
    activations = (scene.active + np.random.default_rng(1).random(scene.active.shape)).astype(dtype)
    masks = np.array([[plain.concept_mask(planes, [], number) for number in scene.numbers] for planes in scene.planes])
    shards = [stored(part) for part in np.split(activations, [7, 30])]
    fair = fair_single_filter(shards, scene.labels, quantiles, True, threads=2)
    counts = [
        plain.single_filter_counts(
            activations > plain.threshold(activations, quantile)[None, :, None, None], masks, True
        )
        for quantile in quantiles
    ]
    intersection, union = (
        np.stack(values) for values in zip(*counts, strict=True)
    )  # [quantile, image, concept, filter]
    on_train = iou(intersection[:, scene.is_train].sum(1), union[:, scene.is_train].sum(1))
    for concept in range(len(scene.numbers)):
        quantile, filter_ = np.unravel_index(on_train[:, concept].argmax(), on_train[:, concept].shape)
        assert (fair.quantile[concept], fair.filter[concept]) == (quantiles[quantile], filter_)
        here = fair.best.concept == concept
        images = fair.best.image[here]
        np.testing.assert_array_equal(fair.best.intersection[here], intersection[quantile, images, concept, filter_])
        np.testing.assert_array_equal(fair.best.union[here], union[quantile, images, concept, filter_])


def test_of_equals_the_first_quantile_then_the_first_filter_is_taken():
    activations, labels = planted()
    activations[:] = (activations[:, [2]] > 1) * np.array([0, 1, 1])[None, :, None, None].repeat(2, 1)[:, :5]
    fair = fair_single_filter([stored(activations)], labels, [0.5, 0.9, 0.3], True, threads=1)
    assert fair.filter.tolist() == [2, 2]
    assert fair.quantile.tolist() == [0.5, 0.5]


def test_table_gives_the_scores_of_the_chosen_filters():
    activations, labels = planted()
    concepts = pd.DataFrame(
        {"name": ["wide", "small"], "category": ["color", "part"], "train_images": [20, 20], "val_images": [20, 20]}
    )
    fair = fair_single_filter([stored(activations)], labels, [0.1], True, threads=1)
    table = fair_single_filter_table(concepts, fair, labels.is_train)
    assert table["concept"].tolist() == ["wide", "small"]
    assert table["filter"].tolist() == [2, 4]
    assert table["quantile"].tolist() == [0.1, 0.1]
    assert table["threshold"].tolist() == fair.threshold.tolist()
    for split, chosen in (("train", labels.is_train), ("val", ~labels.is_train)):
        for concept in range(2):
            here = (fair.best.concept == concept) & chosen[fair.best.image]
            assert table[f"iou_{split}"][concept] == fair.best.intersection[here].sum() / fair.best.union[here].sum()
    assert table["iou_val_low"][0] < table["iou_val"][0] < table["iou_val_high"][0]


def test_store_round_trip(tmp_path):
    activations, labels = planted()
    fair = fair_single_filter([stored(activations)], labels, [0.02, 0.3], True, threads=1)
    write_fair_single_filter(tmp_path / "f.zarr", fair, {"a": 1})
    read = read_fair_single_filter(tmp_path / "f.zarr", {"a": 1})
    for name in ("filter", "quantile", "threshold"):
        np.testing.assert_array_equal(getattr(read, name), getattr(fair, name))
    np.testing.assert_array_equal(read.best.union, fair.best.union)
    with pytest.raises(UserError, match="`a` was 1, is now 2"):
        read_fair_single_filter(tmp_path / "f.zarr", {"a": 2})
