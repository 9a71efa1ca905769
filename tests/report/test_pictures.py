import numpy as np
import pandas as pd
import pytest
from PIL import Image

from finished_run import IOU_BIAS
from net2vec_core.cli.opening import open_dataset
from net2vec_core.cli.opening_embeddings import open_embeddings
from net2vec_core.dependencies import made_from
from net2vec_core.figures.predictions import Predictor
from net2vec_core.filter_masks import open_filter_masks
from net2vec_core.report.pictures import (
    COLORS,
    SIDE,
    MaskSources,
    masks_of,
    save_strip,
    write_concept_masks,
    write_filter_masks,
    write_thumbnails,
)
from net2vec_core.upsample import interpolation_matrix


@pytest.fixture(scope="module")
def sources(results):
    data = open_dataset(results.folder / "dataset", results.config)
    folder, config = results.folder / "net" / "early", results.config
    masks = open_filter_masks(folder / "filter_masks.zarr", made_from(config, "filter_masks", "net"))
    return MaskSources(
        concepts=pd.Index(data.concepts["name"]),
        labels=data.labels,
        predictor=Predictor(masks, data.labels.mask_shape, config.upsampling.align_corners),
        embeddings=open_embeddings(folder / "embeddings.zarr", config, "net"),
    )


def tiles_of(path, count):
    """The masks of a strip, bool [tile, y, x], and its colours."""
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGBA"))
    masks = np.stack(np.split(pixels[..., 3] > 0, count, axis=1))
    return masks, np.unique(pixels[pixels[..., 3] > 0][:, :3], axis=0).tolist()


def test_a_strip_holds_the_masks_in_their_colour(tmp_path):
    masks = np.random.default_rng(0).random((5, 13, 11)) < 0.6
    save_strip(masks, (10, 200, 30), tmp_path / "strip.png")
    found, colors = tiles_of(tmp_path / "strip.png", 5)
    np.testing.assert_array_equal(found, masks)
    assert colors == [[10, 200, 30]]


def test_a_mask_is_full_along_its_edge_and_faint_within(tmp_path):
    masks = np.zeros((1, 7, 7), bool)
    masks[0, 1:6, 1:6] = True
    save_strip(masks, COLORS["filter"], tmp_path / "strip.png")
    with Image.open(tmp_path / "strip.png") as picture:
        opacity = np.asarray(picture.convert("RGBA"))[..., 3]
    assert (opacity[masks[0]] == 255).sum() == 16
    assert len(np.unique(opacity)) == 3
    assert 0 < opacity[3, 3] < 255


def test_masks_follow_the_definitions(results, sources):
    rows = pd.DataFrame({"image": [2, 14, 6], "concept": ["sky", "grass", "1984"], "single_filter": [3, 0, 15]})
    rows = rows[
        [
            results.occurrences.eval(f"image == {i} and concept == '{c}'").any()
            for i, c in rows[["image", "concept"]].values
        ]
    ]
    masks = masks_of(rows, sources)
    up_y, up_x = (interpolation_matrix(*size, True) for size in ((4, 12), (5, 12)))
    assert len(rows)
    for place, (image, concept, filter_) in enumerate(rows.itertuples(index=False)):
        number = results.names.index(concept)
        np.testing.assert_array_equal(masks["labelled"][place], (results.planes[image] == number + 1).any(0))
        active = sources.predictor.masks.dense(image, image + 1)[0].astype(float)
        np.testing.assert_array_equal(masks["filter"][place], up_y @ active[filter_] @ up_x.T > 0.5)
        cells = np.einsum("k,kyx->yx", results.weights["net", "early"].loc[concept].astype(float), active)
        np.testing.assert_array_equal(masks["embedding-paper"][place], up_y @ cells @ up_x.T > 0)
        np.testing.assert_array_equal(masks["embedding-iou"][place], up_y @ (2 * cells) @ up_x.T + IOU_BIAS > 0)


def test_every_concept_has_a_strip_of_each_kind(results, sources, tmp_path):
    shown = pd.read_csv(results.table("net", "early", "concept_deciles"), dtype={"concept": str})
    shown = shown.drop_duplicates(["concept", "image"])[["concept", "image"]]
    concepts = pd.DataFrame({"concept_id": np.arange(8) + 1, "concept": results.names, "single_filter": 3})
    write_concept_masks(shown, concepts, sources, tmp_path)
    assert len(list((tmp_path / "concepts").iterdir())) == 8 * 4
    of_sky = shown[shown["concept"] == "sky"].assign(single_filter=3)
    found, _ = tiles_of(tmp_path / "concepts" / "2-labelled.png", len(of_sky))
    np.testing.assert_array_equal(found, masks_of(of_sky, sources)["labelled"])


def test_every_filter_has_a_strip_of_its_deciles(results, sources, tmp_path):
    deciles = pd.read_csv(results.table("net", "early", "filter_deciles"))
    write_filter_masks(deciles, sources.predictor, tmp_path, threads=2)
    found, _ = tiles_of(tmp_path / "filters" / "7.png", 11)
    images = deciles[deciles["filter"] == 7]["image"].to_numpy()
    cells = sources.predictor.filter_cells(images, np.full(11, 7))
    np.testing.assert_array_equal(found, [sources.predictor.single(cell) for cell in cells])
    assert len(list((tmp_path / "filters").iterdir())) == 16


def test_thumbnails_are_small_squares(results, tmp_path):
    images = open_dataset(results.folder / "dataset", results.config).images
    write_thumbnails([3, 5], images["path"], "stretch", tmp_path, threads=1)
    with Image.open(tmp_path / "images" / "5.webp") as picture:
        assert picture.size == (SIDE, SIDE)
