"""`python -m benchmarks`: every stage beside a plain baseline and the machine's own limit, and what must hold of it.

`python -m benchmarks STAGE …` measures some. Each runs in a process of its own, so that memory is its own. The results
go to `benchmarks/results/`, from which `python -m benchmarks.page` writes docs/performance.md.
"""

import json
import subprocess
import sys

from benchmarks.measure import Check
from benchmarks.results import machine, write_result

ORDER = ("probe", "thresholds", "filter_masks", "single_filters", "fits", "recipes", "subsets", "intervals")


def main() -> None:
    """Measure stages and keep what was found."""
    for stage in sys.argv[1:] or ORDER:
        code = f"from benchmarks.stages import measure; measure({stage!r})"
        done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
        measured = json.loads(done.stdout.splitlines()[-1])
        write_result(stage, machine() | measured)
        print(_in_words(measured), flush=True)


def _in_words(measured: dict[str, object]) -> str:
    text = f"{measured['stage']}: {measured['seconds']:.2f} s, {measured['cpu_seconds']:.2f} CPU s"
    for what in ("baseline", "limit"):
        if (cpu := measured[f"{what}_cpu_seconds"]) is not None:
            text += f", {what} {cpu:.2f} CPU s"
    checks = measured["checks"]
    assert isinstance(checks, list)
    notes = [f"  {measured['note']}"] if measured["note"] else []
    return "\n".join(
        [f"{text}, {measured['memory_mib']:.0f} MiB", *notes, *(f"  {Check(**check)}" for check in checks)]
    )


main()
