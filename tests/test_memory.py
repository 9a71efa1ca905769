import subprocess
import sys

import pytest

COUNT = """
import resource, sys, threading
import numpy as np
from net2vec_core.memory import keep_freed_memory

if sys.argv[1] == "keep":
    keep_freed_memory()

def batches():
    for _ in range(20):
        np.ones(2**24, np.uint8), np.ones(2**27, np.uint8)

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    thread = threading.Thread(target=batches)
    thread.start()
    thread.join()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

faults()
print(faults())
"""


def pages_asked_for(how):
    done = subprocess.run([sys.executable, "-c", COUNT, how], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory is managed otherwise")
def test_the_next_batch_gets_the_memory_of_the_last():
    assert pages_asked_for("keep") < pages_asked_for("give back") / 10
