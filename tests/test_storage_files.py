"""Tables, files and folders as `storage` writes and reads them; test_storage.py has the stores."""

import errno
import gzip
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from net2vec_core import storage
from net2vec_core.errors import UserError
from net2vec_core.storage import new_folder, read_table, write_bytes, write_table
from test_storage import BrokenError, names_in

AWKWARD = [
    "NA",
    "null",
    "nan",
    "None",
    "",
    "a,b",
    'say "hi"',
    "two\nlines",
    "ünï©ode 木",
    " spaces ",
    "1",
    "1e5",
    "True",
]
PRINTABLE = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1)


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_table_has_the_same_bytes_each_time(tmp_path, name):
    table = pd.DataFrame({"name": AWKWARD, "value": np.linspace(0, 1, len(AWKWARD))})
    write_table(table, tmp_path / "a" / name)
    environment = os.environ | {"PYTHONHASHSEED": "1"}
    code = (
        "import sys, time, pandas as pd; from pathlib import Path; from net2vec_core.storage import *;"
        "time.time = lambda: 1e9; path = Path(sys.argv[1]);"
        "write_table(read_table(path, dtype={'name': str}, na_filter=False), path.parent / ('again.' + path.name))"
    )
    first = tmp_path / "a" / name
    subprocess.run([sys.executable, "-c", code, first], check=True, env=environment)
    again = first.with_name(f"again.{name}")
    assert again.read_bytes() == first.read_bytes()
    assert names_in(first.parent) == sorted([name, again.name])


def test_gz_table_is_gzip_and_holds_the_plain_tables_bytes(tmp_path):
    table = pd.DataFrame({"a": [1, 2]})
    write_table(table, tmp_path / "t.csv")
    write_table(table, tmp_path / "t.csv.gz")
    assert gzip.decompress((tmp_path / "t.csv.gz").read_bytes()) == (tmp_path / "t.csv").read_bytes() == b"a\n1\n2\n"


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_awkward_names_stay_text(tmp_path, name):
    names = [name for name in AWKWARD if name]
    write_table(pd.DataFrame({"name": names, "n": range(len(names))}), tmp_path / name)
    read = read_table(tmp_path / name, dtype={"name": str})
    assert read["name"].tolist() == names
    assert read["n"].tolist() == list(range(len(names)))


@given(names=st.lists(PRINTABLE, min_size=1))
def test_any_printable_name_stays_text(tmp_path_factory, names):
    path = tmp_path_factory.mktemp("names") / "t.csv"
    write_table(pd.DataFrame({"name": names, "n": 1}), path)
    assert read_table(path, dtype={"name": str})["name"].tolist() == names


def test_empty_cell_is_a_missing_number(tmp_path):
    write_table(pd.DataFrame({"name": ["NA"], "iou": [np.nan]}), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text() == "name,iou\nNA,\n"
    read = read_table(tmp_path / "t.csv")
    assert read["name"].tolist() == ["NA"]
    assert read["iou"].isna().all()


def test_number_format_is_the_callers(tmp_path):
    write_table(pd.DataFrame({"x": [1 / 3]}), tmp_path / "t.csv", "%.9g")
    assert (tmp_path / "t.csv").read_text() == "x\n0.333333333\n"


def test_missing_table_is_named_with_what_makes_it(tmp_path):
    with pytest.raises(UserError, match=f"^{tmp_path}/t.csv: no such table; run `snakemake` to make it$"):
        read_table(tmp_path / "t.csv")


def test_failed_write_keeps_the_earlier_file(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    write_bytes(path, b"earlier")

    def fail(*_paths):
        raise BrokenError

    monkeypatch.setattr(type(path), "replace", fail)
    with pytest.raises(BrokenError):
        write_bytes(path, b"later")
    assert path.read_bytes() == b"earlier"
    assert names_in(tmp_path) == ["t.csv"]


def test_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError) as caught:
        write_bytes(tmp_path / "file" / "t.csv", b"")
    assert caught.value.filename == str(tmp_path / "file")


def test_remove_takes_files_folders_links_and_nothing(tmp_path):
    target = tmp_path / "target"
    target.mkdir()
    (target / "kept").touch()
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(target)
    for name in ("file", "link", "nothing"):
        storage.remove(tmp_path / name)
    assert (target / "kept").exists()
    storage.remove(target)
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_full_disk_ends_a_table_with_nothing_half_written(small_disk, name):
    path = small_disk / name
    write_table(pd.DataFrame({"x": [1]}), path)
    with pytest.raises(OSError, match="No space left") as caught:
        write_table(pd.DataFrame({"x": np.random.default_rng(0).random(2**16)}), path, "%.17g")
    assert caught.value.errno == errno.ENOSPC
    assert read_table(path)["x"].tolist() == [1]
    assert names_in(small_disk) == [name]


def test_a_new_folder_replaces_the_one_before(tmp_path):
    for name in ("first", "second"):
        with new_folder(tmp_path / "a" / "sheets") as folder:
            (folder / name).touch()
            assert folder.parent == tmp_path / "a"
            assert folder.name != "sheets"
    assert names_in(tmp_path / "a" / "sheets") == ["second"]
    assert names_in(tmp_path / "a") == ["sheets"]


def write_half(path):
    with new_folder(path) as folder:
        (folder / "half").touch()
        raise KeyboardInterrupt


def test_a_folder_that_fails_leaves_the_one_before_as_it_was(tmp_path):
    with new_folder(tmp_path / "sheets") as folder:
        (folder / "whole").touch()
    with pytest.raises(KeyboardInterrupt):
        write_half(tmp_path / "sheets")
    assert names_in(tmp_path / "sheets") == ["whole"]
    assert names_in(tmp_path) == ["sheets"]
