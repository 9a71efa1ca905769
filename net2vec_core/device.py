"""Where the heavy work is done."""

from pathlib import Path

from net2vec_core.errors import UserError

DRIVERS = [Path(path) for path in ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")]  # of NVIDIA, AMD, and Windows beneath


def choose_device(device: str) -> str:
    """The device that `auto` stands for, else the one that is named.

    Raises:
        UserError: if a GPU is asked for where there is none.
    """
    if device == "cpu" or (device == "auto" and not any(map(Path.exists, DRIVERS))):
        return "cpu"
    import torch  # takes seconds, and where there is no driver it finds no GPU

    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if device != "cpu" and not torch.cuda.is_available():
        raise UserError(f"`compute.device` is `{device}`, but this machine has no GPU that torch can use; try `auto`")
    if device.startswith("cuda:") and int(device.removeprefix("cuda:")) >= torch.cuda.device_count():
        last = torch.cuda.device_count() - 1
        raise UserError(f"`compute.device` is `{device}`, but this machine's last GPU is `cuda:{last}`")
    return device
