import asyncio
import errno
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from zarr.core.sync import sync

import net2vec_core
from net2vec_core import storage
from net2vec_core.errors import UserError
from net2vec_core.storage import (
    new_folder,
    new_store,
    noting_what_is_written,
    open_store,
    stored_together,
    write_bytes,
)

MADE_FROM = {"dataset": {"reader": "toy", "toy": {"seed": 0}}, "threshold": 0.005}


class BrokenError(Exception):
    pass


def write_numbers(path, numbers, made_from=MADE_FROM):
    with new_store(path, "probe", made_from) as group:
        group.create_array("x", data=np.asarray(numbers))


def break_while_writing(path):
    with new_store(path, "probe", MADE_FROM) as group:
        group.create_array("x", data=np.arange(100))
        raise BrokenError


def numbers_in(path):
    return open_store(path, "probe", MADE_FROM)["x"][:].tolist()


def loop_of_zarr():
    async def running():
        return asyncio.get_running_loop()

    return sync(running())


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_store_appears_with_its_content_and_origin(tmp_path):
    path = tmp_path / "new" / "x.zarr"
    write_numbers(path, [1, 2, 3])
    assert numbers_in(path) == [1, 2, 3]
    assert dict(open_store(path, "probe", MADE_FROM).attrs) == {
        "format_version": storage.FORMAT_VERSION,
        "package_version": net2vec_core.__version__,
        "stage": "probe",
        "made_from": MADE_FROM,
        "device": "cpu",
        "content": {
            "files": 2,
            "bytes": sum(file.stat().st_size for file in (path / "x").rglob("*") if file.is_file()),
        },
    }
    assert names_in(path.parent) == ["x.zarr"]


def test_a_store_names_its_device_and_is_used_whatever_device_that_was(tmp_path):
    with noting_what_is_written() as written, new_store(tmp_path / "x.zarr", "probe", MADE_FROM, device="cuda:1"):
        pass
    assert open_store(tmp_path / "x.zarr", "probe", MADE_FROM).attrs["device"] == "cuda:1"
    assert written == {tmp_path / "x.zarr": "cuda:1"}


def test_store_is_not_there_until_the_block_ends(tmp_path):
    path = tmp_path / "x.zarr"
    with new_store(path, "probe", MADE_FROM) as group:
        group.create_array("x", data=np.arange(3))
        assert not path.exists()
    assert path.exists()


def test_failure_inside_leaves_nothing_at_the_path_nor_beside_it(tmp_path):
    with pytest.raises(BrokenError):
        break_while_writing(tmp_path / "x.zarr")
    assert names_in(tmp_path) == []


def test_complete_store_survives_a_failed_rewrite(tmp_path):
    path = tmp_path / "x.zarr"
    write_numbers(path, [1, 2, 3])
    with pytest.raises(BrokenError):
        break_while_writing(path)
    assert numbers_in(path) == [1, 2, 3]
    assert names_in(tmp_path) == ["x.zarr"]


def test_rewrite_replaces_all_of_the_older_store(tmp_path):
    path = tmp_path / "x.zarr"
    with new_store(path, "probe", MADE_FROM) as group:
        group.create_array("older", data=np.arange(3))
    write_numbers(path, [4])
    assert list(open_store(path, "probe", MADE_FROM).array_keys()) == ["x"]


def test_chunks_still_being_written_when_another_fails_do_not_reappear(tmp_path):
    path = tmp_path / "x.zarr"
    late = []

    async def write_late():
        await asyncio.sleep(0.2)
        (storage.beside(path) / "x").mkdir(parents=True, exist_ok=True)

    def fail_while_another_writes():
        with new_store(path, "probe", MADE_FROM):
            late.append(asyncio.run_coroutine_threadsafe(write_late(), loop_of_zarr()))
            raise BrokenError

    with pytest.raises(BrokenError):
        fail_while_another_writes()
    late[0].result(10)
    assert names_in(tmp_path) == []


def test_remains_of_a_killed_job_do_not_mix_in(tmp_path):
    path = tmp_path / "x.zarr"
    storage.beside(path).mkdir()
    (storage.beside(path) / "rubbish").write_text("left by a kill")
    write_numbers(path, [1])
    assert not (path / "rubbish").exists()
    assert names_in(tmp_path) == ["x.zarr"]


def test_store_is_opened_for_reading_only(tmp_path):
    path = tmp_path / "x.zarr"
    write_numbers(path, [1])
    with pytest.raises(ValueError, match="read-only"):
        open_store(path, "probe", MADE_FROM)["x"][:] = 2


def test_store_of_another_configuration_is_refused_with_both_sides(tmp_path):
    path = tmp_path / "x.zarr"
    write_numbers(path, [1])
    with pytest.raises(UserError) as caught:
        open_store(path, "probe", MADE_FROM | {"threshold": 0.01})
    assert str(caught.value) == (
        f"{path} was made from another configuration: `threshold` was 0.005, is now 0.01; run `snakemake` to make it"
        " anew, or give this configuration a `run` name of its own"
    )


@pytest.mark.parametrize(
    ("now", "difference"),
    [
        ({"dataset": {"reader": "toy", "toy": {"seed": 7}}, "threshold": 0.005}, "`dataset.toy.seed` was 0, is now 7;"),
        ({"dataset": MADE_FROM["dataset"]}, "`threshold` was 0.005, is now None;"),
        (MADE_FROM | {"upsampling": True}, "`upsampling` was None, is now True;"),
    ],
)
def test_the_key_that_differs_is_named_however_deep_it_lies(tmp_path, now, difference):
    path = tmp_path / "x.zarr"
    write_numbers(path, [1])
    with pytest.raises(UserError) as caught:
        open_store(path, "probe", now)
    assert difference in str(caught.value)


@pytest.mark.parametrize(("of", "what"), [("dataset", "another data set"), ("network", "other weights")])
def test_store_of_other_data_or_weights_is_refused_with_both_sides(tmp_path, of, what):
    path, key = tmp_path / "x.zarr", f"{of}.fingerprint"
    write_numbers(path, [1], MADE_FROM | {key: "0123"})
    assert open_store(path, "probe", MADE_FROM | {key: "0123"})["x"][:].tolist() == [1]
    with pytest.raises(UserError, match=f"was made from {what}: `{key}` was 0123, is now 4567; run `snakemake`"):
        open_store(path, "probe", MADE_FROM | {key: "4567"})


def test_store_of_another_stage_or_format_is_refused_with_both_sides(tmp_path, monkeypatch):
    path = tmp_path / "x.zarr"
    write_numbers(path, [1])
    with pytest.raises(UserError, match=f"^{path} is a store of the stage `probe`, where one of `dataset` is needed$"):
        open_store(path, "dataset", MADE_FROM)
    written = storage.FORMAT_VERSION
    monkeypatch.setattr(storage, "FORMAT_VERSION", 1000)
    with pytest.raises(
        UserError, match=f"^{path} is in format {written} of another version of net2vec, not in format 1000;"
    ):
        open_store(path, "probe", MADE_FROM)


def test_a_store_that_lost_values_is_refused_and_hidden_files_are_no_part_of_it(tmp_path):
    path = tmp_path / "x.zarr"
    write_numbers(path, [1, 2])
    (path / "x" / ".DS_Store").write_text("of a desktop")
    assert numbers_in(path) == [1, 2]
    next(file for file in (path / "x" / "c").rglob("*") if file.is_file()).unlink()
    with pytest.raises(
        UserError, match=rf"^{path} is damaged \(it holds 1 files of .*, and 2 files of .* were written\)"
    ):
        open_store(path, "probe", MADE_FROM)


def test_missing_store_is_named_with_what_makes_it(tmp_path):
    with pytest.raises(UserError, match=f"^{tmp_path}/x.zarr: no such store; run `snakemake` to make it$"):
        open_store(tmp_path / "x.zarr", "probe", MADE_FROM)


def test_folder_that_is_no_store_is_named(tmp_path):
    with pytest.raises(UserError, match=f"^{tmp_path}: no such store"):
        open_store(tmp_path, "probe", MADE_FROM)


def test_full_disk_ends_a_store_with_nothing_half_written(small_disk):
    path = small_disk / "x.zarr"
    write_numbers(path, [1, 2, 3])
    noise = np.random.default_rng(0).integers(0, 2**62, 2**17)
    with pytest.raises(OSError, match="No space left") as caught:
        write_numbers(path, noise)
    assert caught.value.errno == errno.ENOSPC
    assert numbers_in(path) == [1, 2, 3]
    assert names_in(small_disk) == ["x.zarr"]


@given(st.lists(st.integers(0, 60)), st.integers(1, 20))
def test_images_of_a_chunk_are_read_together(images, chunk):
    images = np.array(images, np.int64)
    groups = list(stored_together(images, chunk))
    assert sorted(place for _, _, places in groups for place in places.tolist()) == list(range(len(images)))
    chunks = [first // chunk for first, _, _ in groups]
    assert chunks == sorted(set(images // chunk)), "each chunk once"
    for first, last, places in groups:
        assert (min(images[places]), max(images[places]) + 1) == (first, last)
        assert (last - 1) // chunk == first // chunk


@pytest.mark.parametrize("kind", ["store", "folder", "file"])
def test_all_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch, kind):
    path, synced, at_rename = tmp_path / "x", set(), []

    def sync_file(descriptor):
        synced.add(os.fstat(descriptor).st_ino)

    def look(partial, target):
        if target == path:  # zarr renames its files, too
            parts = [partial, *partial.rglob("*")]
            at_rename.append({part.name for part in parts if part.stat().st_ino not in synced})
        partial.rename(target)

    monkeypatch.setattr(os, "fsync", sync_file)
    monkeypatch.setattr(type(path), "replace", look)
    match kind:
        case "store":
            write_numbers(path, [1, 2])
        case "folder":
            with new_folder(path) as folder:
                (folder / "sub").mkdir()
                (folder / "sub/file").write_text("1")
        case "file":
            write_bytes(path, b"1")
    assert at_rename == [set()]
    assert path.exists()
