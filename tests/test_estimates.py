import re
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net2vec_core.config import Config
from net2vec_core.dataset.toy.vocabulary import CONCEPTS
from net2vec_core.estimates import LEAST_MINUTES, NEEDS, PAGE, in_words, memory_mb, minutes, picture_bytes, stored_bytes
from net2vec_core.sizes import TOY_CONCEPTS, Sizes, sizes_of
from net2vec_core.storage import write_bytes

RULES = [path.read_text() for path in (Path(__file__).parents[1] / "rules").glob("*.smk")]
# VGG16's last block on Broden
LARGE = Sizes(
    images=63_305, shard_images=4096, batch_images=64, image_pixels=224**2, mask_pixels=112**2, activations=512 * 14**2,
    filters=512, cells=14**2, number_bytes=2, concepts=1197, pairs=1_400_000, batches=10, fits=3, subsets=12,
    quantiles=4, quantile=0.005, gpu=True,
)  # fmt: skip
WHAT_GROWS = [field.name for field in fields(Sizes) if field.name != "batches"]


@pytest.fixture
def results(tmp_path):
    write_bytes(tmp_path / "dataset/images.csv", b"image,path\n0,a.png\n1,b.png\n2,c.png\n")
    write_bytes(tmp_path / "dataset/concepts.csv", b"name,train_images,val_images\nsky,2,1\ntree,1,1\n")
    layers = b"layer,filters,height,width\nfeatures.9,4,3,2\nfeatures.12,5,1,1\n"
    write_bytes(tmp_path / "squeezenet/layers.csv", layers)
    return tmp_path


def test_every_stage_that_a_rule_names_has_needs():
    named = {stage for rules in RULES for stage in re.findall(r'(?:memory|minutes)_of\("(\w+)"\)', rules)}
    assert named == NEEDS.keys()


def test_every_rule_that_is_submitted_says_its_needs():
    local = {name for rules in RULES for name in re.findall(r"^ *localrules:\n +(\w+),$", rules, re.MULTILINE)}
    for rules in RULES:
        for rule in re.split(r"^ *(?:rule|checkpoint) ", rules, flags=re.MULTILINE)[1:]:
            name = rule.partition(":")[0]
            assert "memory_of(" in rule or name in local, name


def test_sizes_are_those_of_the_tables(results):
    sizes = sizes_of(Config(), results, "squeezenet", ["features.9", "features.12"])
    assert (sizes.images, sizes.concepts, sizes.pairs) == (3, 2, 5)
    assert (sizes.filters, sizes.cells, sizes.activations) == (5, 6, 4 * 3 * 2 + 5)
    assert sizes.shard_images == 3


def test_sizes_follow_a_table_that_is_written_anew(results):
    sizes_of(Config(), results)
    write_bytes(results / "dataset/images.csv", b"image,path\n0,a.png\n")
    assert sizes_of(Config(), results).images == 1


def test_without_tables_the_configuration_counts(tmp_path):
    assert sizes_of(Config(), tmp_path).images == Config().dataset.toy.images


def test_what_activations_take_is_their_number_times_their_size(results):
    sizes = sizes_of(Config(), results, "squeezenet", ["features.9"])
    assert stored_bytes(sizes) == 3 * 4 * 3 * 2 * 2
    config = Config.model_validate({"dataset": {"reader": "folder", "path": "data"}})
    needed = re.match(r"up to (\d+) MB of disk", in_words(config, results, ["squeezenet"], threads=2))
    pictures = sum(
        picture_bytes(sizes_of(config, results, "squeezenet", [layer])) for layer in ("features.9", "features.12")
    )
    assert int(needed[1]) == round((pictures + PAGE) / 1e6), "three images are nearly nothing"


def test_no_more_toy_concepts_are_drawn_than_is_assumed():
    assert len(CONCEPTS) <= TOY_CONCEPTS


def test_what_is_guessed_before_the_data_set_is_read_is_said(results):
    config = Config.model_validate({"dataset": {"reader": "folder", "path": "data"}})
    assert in_words(config, results, ["squeezenet"], threads=2).endswith("`)")
    (results / "dataset/images.csv").unlink()
    assert in_words(config, results, ["squeezenet"], threads=2).endswith(
        ", if the data set, not yet read, is as large as Broden"
    )


@pytest.mark.parametrize("stage", NEEDS)
@given(what=st.sampled_from(WHAT_GROWS), factor=st.integers(2, 9))
def test_more_of_anything_never_needs_less(stage, what, factor):
    more = replace(LARGE, **{what: getattr(LARGE, what) * factor})
    assert memory_mb(stage, more, 4) >= memory_mb(stage, LARGE, 4)
    assert minutes(stage, more, 4) >= minutes(stage, LARGE, 4)


@pytest.mark.parametrize("stage", NEEDS)
def test_needs_are_such_as_a_cluster_has(stage):
    assert 100 <= memory_mb(stage, LARGE, 8) < 64_000
    assert LEAST_MINUTES <= minutes(stage, LARGE, 8) < 24 * 60
