import os

import dask
import numpy as np
import pandas as pd
import pytest
import zarr
from distributed import LocalCluster

from net2vec_core.dask_workers import dask_workers
from net2vec_core.errors import UserError
from net2vec_core.threshold import thresholds


@pytest.fixture(scope="module")
def scheduler():
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
        yield cluster


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    folder = tmp_path_factory.mktemp("activations")
    random = np.random.default_rng(0)
    stored = []
    for number, images in enumerate((30, 11)):
        values = random.normal(size=(images, 5, 4, 3)).astype(np.float16)
        group = zarr.open_group(str(folder / f"{number}.zarr"), mode="w")
        stored.append(group.create_array("layer", data=values, chunks=(8, 5, 4, 3)))
    return stored


def test_a_scheduler_gives_the_thresholds_of_threads(scheduler, shards):
    here = thresholds(shards, 0.05, threads=2)
    with dask_workers(scheduler.scheduler_address, jobs=1):
        there = thresholds(shards, 0.05, threads=2)
    pd.testing.assert_frame_equal(here, there)


def test_the_work_is_done_by_the_workers(scheduler):
    class WhereRead:
        """A shard that knows only the process that reads it."""

        shape, chunks, dtype, ndim = (8, 1, 1, 1), (8, 1, 1, 1), np.dtype(np.float32), 4

        def __getitem__(self, index):
            return np.full((8, 1, 1, 1), os.getpid(), np.float32)[index]

    with dask_workers(scheduler.scheduler_address, jobs=1):
        reader = thresholds([WhereRead()], 0.5, threads=1)["threshold"][0]
    assert reader == np.float32(next(iter(scheduler.workers.values())).pid)
    assert thresholds([WhereRead()], 0.5, threads=1)["threshold"][0] == np.float32(os.getpid())


def enter(where):
    with dask_workers(where, jobs=1):
        pass


def test_no_scheduler_at_the_address():
    expected = r"`compute\.dask`: no Dask scheduler answers at tcp://127\.0\.0\.1:1"
    with dask.config.set({"distributed.comm.timeouts.connect": "1s"}), pytest.raises(UserError, match=expected):
        enter("tcp://127.0.0.1:1")


def test_a_queue_without_settings_says_where_they_belong():
    with pytest.raises(UserError, match=r"`jobqueue\.slurm` in ~/\.config/dask/jobqueue\.yaml"):
        enter("slurm")
