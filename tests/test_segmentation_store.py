import numpy as np
import pytest

from net2vec_core.counts import PairCounts
from net2vec_core.errors import UserError
from net2vec_core.segmentation_store import Segmentation, read_segmentations, write_segmentations
from net2vec_core.storage import open_store


def fits(first, concepts, seed, device="cpu"):
    rng = np.random.default_rng(seed)
    image, concept = np.repeat(np.arange(3), concepts), np.tile(np.arange(first, first + concepts), 3)
    counts = PairCounts(image, concept, *rng.integers(0, 9, (2, len(image))))
    weights = rng.random((concepts, 5), np.float32)
    return Segmentation(
        weights,
        weights[:, 0],
        rng.random(concepts),
        rng.integers(1, 9, concepts),
        rng.random(concepts) < 0.5,
        counts,
        device,
    )


def test_batches_are_joined_in_the_order_of_concepts_whatever_the_order_of_stores(tmp_path):
    batches = {
        0: {"iou/0": fits(0, 2, 0), "paper/0": fits(0, 2, 1)},
        2: {"iou/0": fits(2, 1, 2), "paper/0": fits(2, 1, 3, "cuda")},
    }
    stores = [tmp_path / f"{first}.zarr" for first in batches]
    for store, (first, named) in zip(stores, batches.items(), strict=True):
        write_segmentations(store, "segmentation", named, first, {"x": 1})
    found = read_segmentations(stores[::-1], "segmentation", {"x": 1})
    assert set(found) == {"iou/0", "paper/0"}
    for name, fit in found.items():
        for array in ("weights", "bias", "gradient", "evaluations", "converged"):
            expected = np.concatenate([vars(batch[name])[array] for batch in batches.values()])
            np.testing.assert_array_equal(vars(fit)[array], expected)
        assert fit.counts.concept.tolist() == [0, 1, 2] * 3
        assert len(fit.counts.union) == 9
    assert [found[name].device for name in ("iou/0", "paper/0")] == ["cpu", "cpu, cuda"]
    assert [open_store(store, "segmentation", None).attrs["device"] for store in stores] == ["cpu", "cpu, cuda"]
    with pytest.raises(UserError):
        read_segmentations(stores, "segmentation", {"x": 2})
    with pytest.raises(UserError):
        read_segmentations(stores, "segmentation_subsets", {"x": 1})
