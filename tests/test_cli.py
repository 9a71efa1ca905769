import errno
import os
import pkgutil
import re
import subprocess
import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
import yaml

import net2vec_core
from archive import CAT, DOTS, GRASS, RED, SKY, STREET, WHEEL, Archive
from net2vec_core import cli
from net2vec_core.cli.concepts import concepts
from net2vec_core.cli.dataset import dataset
from net2vec_core.cli.network import network as check_network
from net2vec_core.config import Config
from net2vec_core.dependencies import made_from
from net2vec_core.errors import UserError
from net2vec_core.storage import new_store, read_table

REPOSITORY = Path(__file__).parents[1]
NO_NETWORK = {f"{scheme}_proxy": "http://127.0.0.1:1" for scheme in ("http", "https")}


@pytest.fixture
def run(tmp_path):
    """The real command line in an empty folder, which is its home, too; nothing can be downloaded."""

    def call(*arguments):
        environment = os.environ | NO_NETWORK | {"HOME": str(tmp_path), "PYTHONPATH": str(REPOSITORY), "COLUMNS": "200"}
        return subprocess.run(
            [sys.executable, "-m", "net2vec_core", *map(str, arguments)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return call


def write_config(folder, **values):
    path = folder / "run.yaml"
    path.write_text(yaml.safe_dump(values))
    return path


def error_of(done):
    """The one message of a run that stopped as it should over a mistake."""
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.count("error: ") == 1
    return done.stderr.split("error: ")[1].strip()


def test_help_lists_every_command_with_what_it_does(run):
    done = run("--help")
    assert done.returncode == 0
    names = {module.name for module in pkgutil.iter_modules(cli.__path__)} - cli.SHARED_MODULES
    described = [line.split(maxsplit=2)[1:] for line in done.stdout.splitlines() if line.startswith("│ ")]
    described = {words[0]: words[1] for words in described if len(words) == 2}
    for name in names:
        assert len(described[name.replace("_", "-")].strip("│ ")) > 10


def test_version(run):
    assert run("--version").stdout == f"{net2vec_core.__version__}\n"


@pytest.mark.parametrize("arguments", [["layerz"], ["concepts"], ["dataset", "--threads", "0"]])
def test_misuse_of_the_command_line_has_a_status_of_its_own(run, arguments):
    done = run(*arguments)
    assert done.returncode == 2
    assert "Usage: python -m net2vec_core" in done.stderr
    assert "Traceback" not in done.stderr


def test_layers_are_printed_with_their_shapes(run, tmp_path):
    done = run("layers", "--model", "torchvision/alexnet", "--image-size", "97")
    assert done.returncode == 0, done.stderr
    first, *lines = [line.split() for line in done.stdout.splitlines()]
    assert " ".join(first).startswith("Input: 97×97 pixels, RGB, mean 0.485, 0.456, 0.406, standard deviation 0.229,")
    assert " ".join(lines[0]) == "features.0 Conv2d 64 × 23 × 23 → 64 × 23 × 23 (channels first)"
    assert " ".join(lines[-2]) == "classifier.6 Linear 1000 → 1000 × 1 × 1 (channels first)"
    assert len(lines) == len({line[0] for line in lines}) == 23
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_layers_are_printed_as_the_configuration_has_them_read(run, tmp_path):
    swin = {"model": "timm/swin_tiny_patch4_window7_224", "weights": "random", "options": {"img_size": 64}}
    layers = {"layers": ["head.drop", "layers.0"], "image_size": 64}
    config = tmp_path / "run.yaml"
    config.write_text(yaml.safe_dump({"networks": {"net": {**swin, **layers}}}))
    done = run("layers", "--configfile", config, "--network", "net")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Input: 64×64 pixels")
    assert re.search(
        r"^layers.0 +SwinTransformerStage +16 × 16 × 96 +→ 96 × 16 × 16 \(channels last\)$", done.stdout, re.M
    )


def test_layers_are_of_a_model_or_of_a_configuration(run):
    message = "say either `--model MODEL`, or `--configfile FILE` and `--network NAME`"
    assert error_of(run("layers")) == error_of(run("layers", "--configfile", "run.yaml")) == message


def call_concepts(run, config, *options):
    return run(*options, "concepts", "--config", config, "--dataset", "data", "--output", "concepts.csv")


def test_missing_configuration_is_named(run):
    assert error_of(call_concepts(run, "no.yaml")) == (
        "no.yaml: the configuration cannot be read (No such file or directory)"
    )


def test_mistakes_of_a_configuration_come_as_one_message(run, tmp_path):
    config = write_config(tmp_path, rum=1, threshold={"quantile": 0})
    assert error_of(call_concepts(run, config)).splitlines() == [
        f"{config} is not a valid configuration:",
        "  `threshold.quantile` should be greater than 0, not 0",
        "  `rum` is not a key; did you mean run?",
    ]
    assert list(tmp_path.iterdir()) == [config]


def test_missing_store_is_named(run, tmp_path):
    message = error_of(call_concepts(run, write_config(tmp_path)))
    assert message == "data/labels.zarr: no such store; run `snakemake` to make it"


def test_store_of_another_configuration_is_named(run, tmp_path):
    with new_store(tmp_path / "data" / "labels.zarr", "dataset", made_from(Config(), "dataset")):
        pass
    message = error_of(call_concepts(run, write_config(tmp_path, dataset={"mask_size": 56})))
    assert message.startswith(
        "data/labels.zarr was made from another configuration: `dataset.mask_size` was 112, is now 56;"
    )


def call_dataset(run, config, *options):
    tables = ["--labels", "labels.zarr", "--images", "images.csv", "--occurrences", "occurrences.csv.gz"]
    tables += ["--skipped", "skipped.csv"]
    return run(*options, "dataset", "--config", config, *tables, "--drawings", "drawings", "--threads", "2")


def test_image_that_cannot_be_decoded_is_named_and_nothing_is_half_written(run, tmp_path):
    archive = Archive(tmp_path / "broden", image_side=20, mask_side=10)
    image = archive.folder / "images" / archive.rows[3]["image"]
    image.write_bytes(b"")
    config = write_config(tmp_path, dataset={"reader": "broden", "path": "broden"})
    message = error_of(call_dataset(run, config))
    assert message == f"{image.relative_to(tmp_path)}: the image cannot be decoded (no image format that can be read)"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broden", "drawings", "run.yaml"]


def test_image_that_cannot_be_decoded_can_be_left_out(run, tmp_path):
    archive = Archive(tmp_path / "broden", image_side=20, mask_side=10)
    (archive.folder / "images" / archive.rows[3]["image"]).write_bytes(b"")
    settings = {"reader": "broden", "path": "broden", "on_bad_image": "skip", "mask_size": 10}
    done = call_dataset(run, write_config(tmp_path, dataset=settings))
    assert done.returncode == 0, done.stderr
    assert "1 of 8 images are left out, since they cannot be read" in done.stderr
    assert read_table(tmp_path / "skipped.csv")["image"].tolist() == [f"broden/images/{archive.rows[3]['image']}"]


def test_missing_data_set_is_named(run, tmp_path):
    config = write_config(tmp_path, dataset={"reader": "broden", "path": "nowhere"})
    message = error_of(call_dataset(run, config))
    assert message.startswith("nowhere/category.csv: cannot be read (No such file or directory)")


def test_data_set_is_read_by_worker_processes(run, tmp_path):
    done = call_dataset(run, write_config(tmp_path, dataset={"toy": {"images": 10}, "image_size": 32, "mask_size": 16}))
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert read_table(tmp_path / "images.csv")["image"].tolist() == list(range(10))
    assert len(list((tmp_path / "drawings").iterdir())) == 10


def test_debug_shows_where_it_happened_and_log_keeps_it(run, tmp_path):
    done = call_concepts(run, write_config(tmp_path), "--debug", "--log", "logs/a/b.log")
    assert done.returncode == 1
    assert "Traceback (most recent call last)" in done.stderr
    assert done.stderr.count("error: ") == 1
    assert (tmp_path / "logs" / "a" / "b.log").read_text() == done.stderr


def test_log_holds_the_message(run, tmp_path):
    done = call_concepts(run, write_config(tmp_path, run=1), "--log", "a.log")
    assert error_of(done).endswith("`run` should be text, not 1; put it in quotes")
    assert (tmp_path / "a.log").read_text() == done.stderr


def test_log_that_cannot_be_written_is_named(run, tmp_path):
    (tmp_path / "file").touch()
    assert (
        error_of(call_concepts(run, "run.yaml", "--log", "file/a.log"))
        == "file: File exists; a file lies where a folder is needed"
    )


def write_network_config(folder, **changes):
    settings = {"model": "torchvision/squeezenet1_1", "weights": "random", "layers": ["features.7"]}
    return write_config(folder, networks={"net": settings | changes})


def test_unknown_layer_is_named_with_the_nearest(run, tmp_path):
    config = write_network_config(tmp_path, layers=["features.99"])
    message = error_of(run("network", "--config", config, "--network", "net", "--output", "layers.csv"))
    assert message.startswith("`networks.net.layers`: the network has no layer `features.99`; did you mean features.")
    assert not (tmp_path / "layers.csv").exists()


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("nett", {}, "`networks`: the configuration has no network `nett`; it has net"),
        ("net", {"weights": "no/w.pt"}, "no/w.pt: no such weights file"),
        ("net", {"weights": "IMAGENET"}, "torchvision/squeezenet1_1 has no weights `IMAGENET`; did you mean"),
    ],
)
def test_mistakes_about_a_network_are_found_before_anything_is_written(tmp_path, name, changes, message):
    with pytest.raises(UserError) as caught:
        check_network(write_network_config(tmp_path, **changes), name, tmp_path / "layers.csv")
    assert str(caught.value).startswith(message)
    assert not (tmp_path / "layers.csv").exists()


def test_checked_network_has_a_table_of_its_layers(tmp_path):
    check_network(write_network_config(tmp_path), "net", tmp_path / "layers.csv")
    assert (tmp_path / "layers.csv").read_text() == "layer,filters,height,width\nfeatures.7,256,27,27\n"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "a.zarr"),
            "a.zarr: No space left on device; make room and run `snakemake` again, finished work is kept",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "a"),
            "a: Permission denied; get the right to write there, or work in another folder",
        ),
        (OSError("no number"), "no number"),
        (MemoryError(), "out of memory; give the job more, or fewer threads, or lower the sizes in `compute`"),
    ],
)
def test_mishaps_of_the_machine_are_explained(error, message):
    assert cli._explain(error) == message


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:121] DefaultCPUAllocator: can't allocate memory: you tried to"),
        RuntimeError("can't start new thread"),
        ImportError("libtorch_cpu.so: failed to map segment from shared object"),
        BrokenProcessPool("A process in the process pool was terminated abruptly"),
    ],
    ids=str,
)
def test_want_of_memory_is_known_in_all_its_guises(error):
    assert cli._is_out_of_memory(error)
    assert not cli._is_out_of_memory(RuntimeError("shapes do not match"))


@pytest.fixture
def described(tmp_path):
    """The table of concepts of a Broden archive, by way of the commands, under the names that the archive is given."""

    def describe(names):
        archive = Archive(tmp_path / "broden", image_side=20, mask_side=10)
        archive.labels = [(row[0], names.get(row[0], row[1]), *row[2:]) for row in archive.labels]
        archive.write()
        settings = {"reader": "broden", "path": str(archive.folder), "mask_size": 10}
        config = write_config(tmp_path, dataset=settings)
        data = tmp_path / "data"
        names = "labels.zarr", "images.csv", "occurrences.csv.gz", "skipped.csv"
        dataset(config, *(data / name for name in names), tmp_path / "drawings")
        concepts(config, data, tmp_path / "concepts.csv")
        return read_table(tmp_path / "concepts.csv", dtype={"name": str})

    return describe


ALL_NUMBERS = {SKY: "1", GRASS: "02", CAT: "3", WHEEL: "4.0", RED: "5e1", STREET: "6", DOTS: "7"}


@pytest.mark.parametrize("names", [{}, ALL_NUMBERS, {SKY: "null", GRASS: "True"}])
def test_concepts_keep_their_names_whatever_they_look_like(described, names):
    table = described(names).set_index("concept_id")
    assert table.loc[SKY, "name"] == names.get(SKY, "sky")
    assert table.loc[GRASS, "name"] == names.get(GRASS, "grass")
    assert (table.loc[SKY, "train_images"], table.loc[SKY, "val_images"]) == (3, 2)
    assert table.loc[GRASS, "pixel_level"]
    assert not table.loc[STREET, "pixel_level"]
