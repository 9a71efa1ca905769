"""Every reader gives the same label store for the same scenes, as far as its format can express them.

Scenes have objects that do not overlap one another, parts that do not either but lie anywhere, and a class. COCO's
formats have no parts; class folders have nothing but the class.
"""

import functools
from typing import get_args

import numpy as np
import pytest

import scenes as formats
from net2vec_core.config import Config
from net2vec_core.dataset.readers import READERS, open_reader, sources
from net2vec_core.labels import DatasetFiles, read_vocabulary, write_labels
from net2vec_core.settings import DatasetSettings
from net2vec_core.storage import open_store, read_table
from scenes import NAMES, OBJECTS, expected, random_scenes

SIZE = 11
WITH_PARTS = {
    "folder": formats.write_folder,
    "broden": formats.write_broden,
    "voc": formats.write_voc,
    "ade20k": formats.write_ade20k,
    "ade20k of 2021": formats.write_ade20k_2021,
}
OBJECTS_ALONE = {kind: functools.partial(formats.write_coco, kind=kind) for kind in ("instances", "stuff", "panoptic")}


class Stored:
    """The label store of a data set."""

    def __init__(self, folder, settings):
        folder.mkdir()
        self.files = DatasetFiles(
            *(folder / name for name in ("labels.zarr", "images.csv", "occurrences.csv.gz", "skipped.csv"))
        )
        write_labels(open_reader(settings, folder), settings.mask_size, self.files, {}, False, 1)
        self.images, self.occurrences = read_table(self.files.images), read_table(self.files.occurrences)
        self.vocabulary = read_vocabulary(self.files.labels, {})

    def contents(self):
        """By image its split, height and width, and the mask of each concept in it."""
        masks = open_store(self.files.labels, "dataset", {})["masks"][:]
        number = dict(zip(self.vocabulary["name"], self.vocabulary["concept_id"], strict=True))
        found = {}
        for image in self.images.itertuples():
            held = self.occurrences[self.occurrences["image"] == image.image]
            concepts = {row.concept: (masks[image.image] == number[row.concept]).any(0) for row in held.itertuples()}
            assert [concepts[row.concept].sum() for row in held.itertuples()] == held["pixels"].tolist()
            name = image.path.rpartition("/")[2].partition(".")[0]
            found[name] = (image.split, image.height, image.width, concepts)
        return found

    def categories(self):
        return dict(zip(self.vocabulary["name"], self.vocabulary["category"], strict=True))


def stored(tmp_path, write, scenes, fit):
    values = write(tmp_path / "data", scenes) | {"path": tmp_path / "data", "mask_size": SIZE, "fit": fit}
    return Stored(tmp_path / "results", DatasetSettings.model_validate(values))


def assert_same(found, wanted):
    assert found.keys() == wanted.keys()
    for name, (*described, masks) in wanted.items():
        assert list(found[name][:3]) == described
        assert found[name][3].keys() == masks.keys()
        for concept, mask in masks.items():
            np.testing.assert_array_equal(found[name][3][concept], mask)


@pytest.mark.parametrize(("seed", "fit"), [(0, "stretch"), (1, "crop")])
@pytest.mark.parametrize("name", WITH_PARTS)
def test_the_same_scenes_give_the_same_label_store(tmp_path, name, seed, fit):
    scenes = random_scenes(seed)
    store = stored(tmp_path, WITH_PARTS[name], scenes, fit)
    assert_same(store.contents(), expected(scenes, SIZE, fit))
    known = {concept: category for concept, category in store.categories().items() if concept in NAMES}
    held = set(store.occurrences["concept"])
    assert held
    assert {name: known[name] for name in held} == {name: formats.category(name) for name in held}


@pytest.mark.parametrize(("seed", "fit"), [(0, "stretch"), (1, "crop")])
@pytest.mark.parametrize("kind", OBJECTS_ALONE)
def test_the_same_objects_give_the_same_label_store(tmp_path, kind, seed, fit):
    scenes = random_scenes(seed)
    store = stored(tmp_path, OBJECTS_ALONE[kind], scenes, fit)
    assert_same(store.contents(), expected(scenes, SIZE, fit, parts=False))
    assert store.categories() == dict.fromkeys(OBJECTS, "stuff" if kind == "stuff" else "object")


def test_class_folders_give_labels_of_whole_images(tmp_path):
    scenes = random_scenes(0)
    store = stored(tmp_path, formats.write_imagefolder, scenes, "stretch")
    names = store.images["path"].str.extract(r"(\w+)\.png$")[0]
    found = zip(names, store.images["split"], store.occurrences["concept"], strict=True)
    assert sorted(found) == sorted((scene.name, scene.split, scene.label) for scene in scenes)
    assert not store.vocabulary["pixel_level"].any()
    assert (store.occurrences["pixels"] == SIZE * SIZE).all()


def test_every_reader_of_files_is_held_against_the_others():
    formats_here = {*(name.split()[0] for name in WITH_PARTS), "coco", "imagefolder", "toy"}
    assert READERS.keys() == formats_here == set(get_args(DatasetSettings.model_fields["reader"].annotation))


@pytest.mark.parametrize("reader", READERS)
def test_sources_of_data_that_are_not_there_can_be_named(tmp_path, reader):
    path = None if reader == "toy" else tmp_path / "none"
    config = Config(dataset=DatasetSettings(reader=reader, path=path))
    found = sources(config.located_dataset)
    assert (reader == "toy") == (not found)
    assert not any(path.exists() for path in found)
