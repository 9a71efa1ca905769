"""One stage, measured in this process."""

import json

from benchmarks import layer_stages, segmentation_stages

STAGES = layer_stages.STAGES | segmentation_stages.STAGES


def measure(name: str) -> None:
    """Print what was measured as JSON, in the last line."""
    print(json.dumps(STAGES[name]().as_dict()))
