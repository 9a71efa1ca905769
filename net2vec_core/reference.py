"""The pages of docs that are generated."""

from pathlib import Path

from net2vec_core import columns, config_reference


def reference_files() -> dict[Path, str]:
    """The generated files by their path in the repository."""
    return {**config_reference.reference_files(), columns.PAGE: columns.page()}
