"""Opens the reader that the configuration names."""

import importlib
from pathlib import Path
from types import ModuleType
from typing import cast

from net2vec_core.dataset.records import Reader
from net2vec_core.settings import DatasetSettings

READERS = {"toy": "dataset.toy.reader"} | {
    name: f"dataset.{name}" for name in ("broden", "folder", "coco", "voc", "ade20k", "imagefolder")
}


def open_reader(settings: DatasetSettings, folder: Path) -> Reader:
    """The reader that the configuration names; `folder` is where a reader that draws its images writes them.

    Raises:
        UserError: if the data set's own files are missing or wrong.
    """
    return cast(Reader, _module(settings).open_reader(settings, folder))


def sources(settings: DatasetSettings) -> list[Path]:
    """The data set's own tables and folders: when one changes, the data are others."""
    return cast(list[Path], _module(settings).sources(settings))


def _module(settings: DatasetSettings) -> ModuleType:
    """The reader's module, imported alone, so that a data set does not depend on the other readers' code."""
    return importlib.import_module(f"net2vec_core.{READERS[settings.reader]}")
