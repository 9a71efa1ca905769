"""How freed memory is kept for the next batch."""

import ctypes
import sys

# of `mallopt` in glibc's malloc.h
M_TRIM_THRESHOLD, M_MMAP_MAX, M_ARENA_MAX = -1, -4, -8
LARGEST_INT = 2**31 - 1


def keep_freed_memory() -> None:
    """Let glibc keep what this process frees; other C libraries are left as they are.

    A forward pass frees and asks for the same hundreds of MB again and again. By default such blocks go back to the
    system, whose zeroed pages for the next batch cost up to a fifth of the forward pass.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 1)  # since only the first arena grows beyond 64 MB
        mallopt(M_MMAP_MAX, 0)
        mallopt(M_TRIM_THRESHOLD, LARGEST_INT)
