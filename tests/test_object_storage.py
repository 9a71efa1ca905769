import signal
import subprocess
import sys

import boto3
import numpy as np
import pytest
from moto.server import ThreadedMotoServer

from net2vec_core.cli import main
from net2vec_core.errors import UserError
from net2vec_core.origins import content_digest
from net2vec_core.storage import new_store, open_store
from test_storage import MADE_FROM, BrokenError, names_in
from workspace import ONE_LAYER, Workspace, with_changes

BASE = "s3://masks/some/where"


@pytest.fixture(scope="module")
def server():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def bucket(server, monkeypatch):
    """An empty bucket `masks` on a server of this machine, told of by the usual variables of the environment."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "a-key",
        "AWS_SECRET_ACCESS_KEY": "a-secret",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": server,
    }.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket="masks")
    yield client
    for found in client.list_objects_v2(Bucket="masks").get("Contents", []):
        client.delete_object(Bucket="masks", Key=found["Key"])
    client.delete_bucket(Bucket="masks")


def objects(bucket):
    return sorted(found["Key"] for found in bucket.list_objects_v2(Bucket="masks").get("Contents", []))


DIES_WHILE_WRITING = """
import os, pathlib, signal, sys
import numpy as np
from net2vec_core.storage import new_store
with new_store(pathlib.Path(sys.argv[1]), "probe", {}, sys.argv[2]) as group:
    group.create_array("x", data=np.arange(100))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def write_numbers(path, numbers, base=BASE):
    with new_store(path, "probe", MADE_FROM, base) as group:
        group.create_array("x", data=np.asarray(numbers))


def break_while_writing(path):
    with new_store(path, "probe", MADE_FROM, BASE) as group:
        group.create_array("x", data=np.arange(100))
        raise BrokenError


def numbers_in(path):
    return open_store(path, "probe", MADE_FROM)["x"][:].tolist()


def test_data_lie_in_the_bucket_and_a_pointer_in_their_place(bucket, tmp_path):
    path = tmp_path / "new" / "x.zarr"
    write_numbers(path, [1, 2, 3])
    assert numbers_in(path) == [1, 2, 3]
    assert names_in(path) == ["objects.json"]
    below = {name.rpartition("/x.zarr/")[0] for name in objects(bucket)}
    assert below == {f"some/where/{path.parent.as_posix().strip('/')}"}


@pytest.mark.usefixtures("bucket")
def test_digest_of_the_content_is_that_of_a_store_on_the_disk(tmp_path):
    for name, base in (("disk.zarr", None), ("elsewhere.zarr", BASE)):
        with new_store(tmp_path / name, "probe", MADE_FROM, base) as group:
            group.create_array("a-b/x", data=np.arange(100), chunks=(7,))
            group.create_array("a/x", data=np.arange(10))
    assert content_digest(tmp_path / "disk.zarr") == content_digest(tmp_path / "elsewhere.zarr")


@pytest.mark.usefixtures("bucket")
def test_a_store_made_from_another_configuration_is_refused_there_too(tmp_path):
    write_numbers(tmp_path / "x.zarr", [1])
    with pytest.raises(UserError, match=r"`threshold` was 0\.005, is now 0\.01"):
        open_store(tmp_path / "x.zarr", "probe", MADE_FROM | {"threshold": 0.01})


@pytest.mark.usefixtures("bucket")
def test_store_is_not_there_until_the_block_ends(tmp_path):
    path = tmp_path / "x.zarr"
    with new_store(path, "probe", MADE_FROM, BASE) as group:
        group.create_array("x", data=np.arange(3))
        assert not path.exists()
    assert path.exists()


def test_failure_inside_leaves_no_object_and_no_pointer(bucket, tmp_path):
    with pytest.raises(BrokenError):
        break_while_writing(tmp_path / "x.zarr")
    assert objects(bucket) == []
    assert not (tmp_path / "x.zarr").exists()


@pytest.mark.usefixtures("bucket")
def test_complete_store_survives_a_failed_rewrite(tmp_path):
    path = tmp_path / "x.zarr"
    write_numbers(path, [1, 2, 3])
    with pytest.raises(BrokenError):
        break_while_writing(path)
    assert numbers_in(path) == [1, 2, 3]


@pytest.mark.parametrize(
    "address", ["s3://masks/", "s3://masks/some/where", "s3://masks/x.zarr", "s3://masks/0123456789abcdef"]
)
def test_nothing_is_removed_but_stores_of_this_name(bucket, tmp_path, address):
    bucket.put_object(Bucket="masks", Key="some/where/mine", Body=b"kept")
    (tmp_path / ".x.zarr.addresses").write_text(f"{address}\n")
    with pytest.raises(
        UserError, match=f"x.zarr.addresses: {address} is no address of a store x.zarr; remove the file"
    ):
        write_numbers(tmp_path / "x.zarr", [1])
    assert objects(bucket) == ["some/where/mine"]


def test_what_a_killed_job_left_is_removed_by_the_next(bucket, tmp_path):
    path = tmp_path / "x.zarr"
    killed = subprocess.run([sys.executable, "-c", DIES_WHILE_WRITING, path, BASE], check=False)
    assert killed.returncode == -signal.SIGKILL
    left = objects(bucket)
    assert left
    assert not path.exists()
    write_numbers(path, [4])
    assert numbers_in(path) == [4]
    assert not {*left} & {*objects(bucket)}


def test_a_store_made_anew_leaves_nothing_of_the_older(bucket, tmp_path):
    path = tmp_path / "x.zarr"
    write_numbers(path, np.arange(10))
    older = objects(bucket)
    (path / "objects.json").unlink()  # as Snakemake does before a job
    path.rmdir()
    write_numbers(path, [4])
    assert numbers_in(path) == [4]
    assert not {*older} & {*objects(bucket)}


def test_a_store_whose_objects_are_gone_says_so(bucket, tmp_path):
    path = tmp_path / "x.zarr"
    write_numbers(path, [1])
    for name in objects(bucket):
        bucket.delete_object(Bucket="masks", Key=name)
    with pytest.raises(UserError, match=r"x\.zarr is damaged \(its data elsewhere are gone\)"):
        numbers_in(path)


@pytest.mark.usefixtures("bucket")
def test_reading_takes_what_is_asked_for_alone(tmp_path):
    path = tmp_path / "x.zarr"
    with new_store(path, "probe", MADE_FROM, BASE) as group:
        group.create_array("x", data=np.arange(100).reshape(10, 10), chunks=(1, 10))
    np.testing.assert_array_equal(open_store(path, "probe", MADE_FROM)["x"][3:5], [range(30, 40), range(40, 50)])


@pytest.mark.usefixtures("bucket")
def test_a_missing_bucket_is_one_message(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("net2vec_core.cli.app", lambda: write_numbers(tmp_path / "x.zarr", [1], "s3://mask/a"))
    with pytest.raises(SystemExit, match="1"):
        main()
    (message,) = [record.getMessage() for record in caplog.records if "error:" in record.getMessage()]
    assert "`compute.objects`" in message
    assert "404 Not Found" in message
    assert "\n" not in message


def test_whole_run_differs_in_nothing_but_where_the_data_lie(bucket, tmp_path):
    target = "results/tiny/small/features.6/single_filter.csv"
    config = with_changes(ONE_LAYER, ("segmentation", "recipes", ["paper"]))
    spaces = []
    for name, changed in (("disk", config), ("objects", {**config, "compute": {"device": "cpu", "objects": BASE}})):
        (tmp_path / name).mkdir()
        spaces.append(Workspace(tmp_path / name))
        result = spaces[-1].snakemake(changed, "--cores", "2", target)
        assert result.returncode == 0, result.stdout + result.stderr
    ours, theirs = (space.tables for space in spaces)
    assert ours.keys() == theirs.keys()
    for table, path in ours.items():
        if table.name != "images.csv":
            assert path.read_bytes() == theirs[table].read_bytes(), table
    stores = {"dataset/labels.zarr", "small/activations/0.zarr", "small/features.6/filter_masks.zarr"}
    for store in stores:
        assert {*names_in(spaces[1].results / store)} == {".snakemake_timestamp", "objects.json"}
        assert any(f"/{store}/" in name for name in objects(bucket))
