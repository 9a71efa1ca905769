"""Opens the reader that the configuration names."""

import importlib
from pathlib import Path
from typing import cast

from net2vec_core.config import DatasetSettings
from net2vec_core.dataset.records import Reader

READERS = {"toy": "dataset.toy.reader", "broden": "dataset.broden"}


def open_reader(settings: DatasetSettings, folder: Path) -> Reader:
    """The reader that the configuration names; `folder` is where a reader that draws its images writes them.

    Only its own module is imported, so that a data set does not depend on the other readers' code.

    Raises:
        UserError: if the data set's own files are missing or wrong.
    """
    module = importlib.import_module(f"net2vec_core.{READERS[settings.reader]}")
    return cast(Reader, module.open_reader(settings, folder))
