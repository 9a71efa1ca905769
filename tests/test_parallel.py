import os
import subprocess
import sys
import threading
import time

import pytest

from net2vec_core.parallel import ordered_map


def test_results_come_in_order():
    def slow_first(item):
        time.sleep(0.02 if item == 0 else 0)
        return item * item

    assert list(ordered_map(slow_first, range(20), threads=4)) == [item * item for item in range(20)]


def test_runs_no_further_ahead_than_twice_its_threads():
    started = []
    lock = threading.Lock()

    def start(item):
        with lock:
            started.append(item)
        return item

    results = ordered_map(start, range(100), threads=2)
    assert next(results) == 0
    time.sleep(0.05)
    assert len(started) <= 5
    results.close()
    assert len(started) < 10, "what was not consumed is not begun"


def test_an_error_reaches_the_consumer():
    def fail(item):
        raise ValueError(f"item {item}")

    with pytest.raises(ValueError, match="item 0"):
        list(ordered_map(fail, range(3), threads=2))


POOL = """
import multiprocessing, os, time
from concurrent.futures import ProcessPoolExecutor
from net2vec_core.parallel import end_with_parent

def work(number):
    time.sleep(0.2)
    return os.getpid()

if __name__ == "__main__":
    with ProcessPoolExecutor(2, multiprocessing.get_context("forkserver"), end_with_parent) as pool:
        for pid in pool.map(work, range(1000)):
            print(pid, flush=True)
"""


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_workers_end_with_a_parent_that_is_killed(tmp_path):
    (tmp_path / "pool.py").write_text(POOL)
    parent = subprocess.Popen([sys.executable, tmp_path / "pool.py"], stdout=subprocess.PIPE, text=True)
    worker = int(parent.stdout.readline())
    assert is_alive(worker)
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 30
    while is_alive(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(worker)
