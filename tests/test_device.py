import pytest
import torch

from net2vec_core import device as devices
from net2vec_core.device import choose_device
from net2vec_core.errors import UserError


def message_of(device):
    with pytest.raises(UserError) as caught:
        choose_device(device)
    return str(caught.value)


def test_without_a_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device("auto") == choose_device("cpu") == "cpu"
    assert message_of("cuda:1") == (
        "`compute.device` is `cuda:1`, but this machine has no GPU that torch can use; try `auto`"
    )


def test_with_two_gpus(monkeypatch, tmp_path):
    monkeypatch.setattr(devices, "DRIVERS", [tmp_path / "none", tmp_path])
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert [choose_device(device) for device in ("auto", "cpu", "cuda:1")] == ["cuda", "cpu", "cuda:1"]
    assert message_of("cuda:2") == "`compute.device` is `cuda:2`, but this machine's last GPU is `cuda:1`"
