"""What a careless reader would run, and what a careful one says instead."""

import os

import pytest

from net2vec_core.errors import UserError


class Runs:
    """A pickle of it creates the file `path` when it is loaded carelessly."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


def message_of(function, *arguments):
    """What the user is told."""
    with pytest.raises(UserError) as caught:
        function(*arguments)
    return str(caught.value)
