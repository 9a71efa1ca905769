from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.cli.options import ConfigFile, Threads
from net2vec_core.config import FINGERPRINT, load
from net2vec_core.dataset.readers import open_reader
from net2vec_core.dependencies import made_from
from net2vec_core.fingerprint import dataset_fingerprint
from net2vec_core.labels import DatasetFiles, open_masks, write_labels
from net2vec_core.storage import note_written, write_bytes


def dataset(
    config: ConfigFile,
    labels: Annotated[Path, typer.Option(help="Label store to write.")],
    images: Annotated[Path, typer.Option(help="Table of images to write.")],
    occurrences: Annotated[Path, typer.Option(help="Table of occurrences to write.")],
    skipped: Annotated[Path, typer.Option(help="Table of images that are left out to write.")],
    drawings: Annotated[Path, typer.Option(help="Folder for images that the reader draws itself.")],
    threads: Threads = 1,
) -> None:
    """Read the probe data set: masks, images, and which image holds which concept; its fingerprint lies beside."""
    configuration = load(config)
    drawings.mkdir(parents=True, exist_ok=True)
    settings, made = configuration.located_dataset, made_from(configuration, "dataset")
    reader, files = open_reader(settings, drawings), DatasetFiles(labels, images, occurrences, skipped)
    skip, objects = settings.on_bad_image == "skip", configuration.compute.objects
    write_labels(reader, settings.mask_size, files, made, skip, threads, objects)
    note_written(drawings)
    fingerprint = dataset_fingerprint(images, occurrences, open_masks(labels, made), threads)
    write_bytes(images.with_name(FINGERPRINT), fingerprint.encode())
