"""Where Dask works: in this job, on a scheduler that runs already, or on workers that a queue of a cluster starts."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from net2vec_core.errors import UserError

QUEUES = {"slurm": "SLURM", "pbs": "PBS", "sge": "SGE", "lsf": "LSF", "oar": "OAR"}


def dask_workers(where: str | None, jobs: int) -> AbstractContextManager[None]:
    """Have Dask compute on a scheduler's workers, or on those of `jobs` jobs of a queue; in this process where None.

    Raises:
        UserError: if no scheduler answers, or dask-jobqueue's settings do not say what a job may use.
    """
    if where is None:
        return nullcontext()
    return _workers_of_queue(where, jobs) if where in QUEUES else _workers_of_scheduler(where)


@contextmanager
def _workers_of_scheduler(address: str) -> Iterator[None]:
    import distributed  # of packages that few need

    try:
        client = distributed.Client(address)
    except OSError:
        raise UserError(f"`compute.dask`: no Dask scheduler answers at {address}") from None
    with client:
        yield


@contextmanager
def _workers_of_queue(queue: str, jobs: int) -> Iterator[None]:
    with _cluster(queue) as cluster:
        cluster.scale(jobs=jobs)
        with _workers_of_scheduler(cluster.scheduler_address):
            yield


def _cluster(queue: str) -> Any:
    import dask_jobqueue

    try:
        return getattr(dask_jobqueue, f"{QUEUES[queue]}Cluster")()
    except (ValueError, TypeError) as error:
        raise UserError(
            f"`compute.dask: {queue}` takes a job's cores, memory and queue from `jobqueue.{queue}` in"
            f" ~/.config/dask/jobqueue.yaml: {error}"
        ) from None
