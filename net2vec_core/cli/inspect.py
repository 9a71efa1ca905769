import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.cli.options import Threads
from net2vec_core.cli.reading import read_images, read_occurrences
from net2vec_core.concepts import concept_table, left_out
from net2vec_core.config import Config, load
from net2vec_core.contents import describe_concepts, describe_images, describe_left_out
from net2vec_core.dataset.images import read_rgb
from net2vec_core.dataset.readers import open_reader
from net2vec_core.dependencies import made_from
from net2vec_core.figures.mask_sheet import mask_sheet, sheet_path
from net2vec_core.figures.sheet import TILE
from net2vec_core.labels import DatasetFiles, open_labels, open_masks, read_vocabulary, write_labels
from net2vec_core.storage import read_table

ConfigFile = Annotated[Path, typer.Option("--configfile", help="A run's configuration, as for snakemake.")]
CORES = os.cpu_count() or 1


def inspect(configfile: ConfigFile, threads: Threads = CORES) -> None:
    """Print what the data set of a configuration holds, and draw its masks on images, before anything heavy runs."""
    config = load(configfile)
    with tempfile.TemporaryDirectory(prefix="net2vec-") as scratch:
        _inspect(config, Path(scratch), threads)


def _inspect(config: Config, folder: Path, threads: int) -> None:
    settings, source = config.located_dataset, made_from(config, "dataset")
    names = "labels.zarr", "images.csv", "occurrences.csv.gz", "skipped.csv"
    files = DatasetFiles(*(folder / name for name in names))
    skip = settings.on_bad_image == "skip"
    write_labels(open_reader(settings, folder), settings.mask_size, files, source, skip, threads)
    images, occurrences = read_images(folder), read_occurrences(folder)
    planes = open_masks(files.labels, source).shape[1]
    where = f" in {settings.path}" if settings.path else ""
    _print([f"Data set: {settings.reader}{where}", *describe_images(images, read_table(files.skipped), planes)])
    vocabulary = read_vocabulary(files.labels, source)
    about = vocabulary, images, occurrences, settings.mask_size**2, config.concepts
    _print([*describe_left_out(left_out(*about))])
    concepts = concept_table(*about)
    _print([*describe_concepts(concepts)])
    labels = open_labels(files.labels, images, occurrences, concepts, source)
    paths, sheet = [Path(path) for path in images["path"]], sheet_path(Path("results", config.run))
    sheet.parent.mkdir(parents=True, exist_ok=True)
    title = f"{config.run}: the masks of its data set"
    mask_sheet(concepts, labels, lambda image: read_rgb(paths[image], TILE, settings.fit), title).save(sheet)
    _print([f"Masks on images: {sheet}"])


def _print(lines: list[str]) -> None:
    for line in lines:
        print(line)
