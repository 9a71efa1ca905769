"""Opens the reader that the configuration names."""

from pathlib import Path

from net2vec_core.config import DatasetSettings
from net2vec_core.dataset.broden import BrodenReader
from net2vec_core.dataset.records import Reader
from net2vec_core.dataset.toy.reader import ToyReader


def open_reader(settings: DatasetSettings, folder: Path) -> Reader:
    """The reader that the configuration names; `folder` is where a reader that draws its images writes them.

    Raises:
        UserError: if the data set's own files are missing or wrong.
    """
    if settings.path is None:
        return ToyReader(settings, folder)
    return BrodenReader(settings.path, settings.mask_size)
