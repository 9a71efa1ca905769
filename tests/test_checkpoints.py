import contextlib
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from hostile import Runs, message_of
from net2vec_core.checkpoints import read_checkpoint
from net2vec_core.errors import UserError
from state_dicts import STATE, assert_same_state


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".safetensors"])
def test_checkpoint_is_read_as_it_was_saved(tmp_path, suffix):
    path = tmp_path / f"w{suffix}"
    (save_file if suffix == ".safetensors" else torch.save)(STATE, path)
    assert_same_state(dict(sorted(read_checkpoint(path).items())), dict(sorted(STATE.items())))


def test_checkpoint_that_holds_code_is_refused_and_not_run(tmp_path):
    proof, path = tmp_path / "ran", tmp_path / "w.pt"
    torch.save({"a": Runs(proof)}, path)
    torch.load(path, weights_only=False)
    assert proof.exists(), "the file is harmless, so that refusing it proves nothing"
    proof.unlink()
    assert message_of(read_checkpoint, path) == (
        f"{path}: not a state dict that can be read safely"
        " (Trying to load unsupported GLOBAL posix.system whose module posix is blocked.)"
    )
    assert not proof.exists()


def test_checkpoint_of_a_whole_module_is_refused(tmp_path):
    path = tmp_path / "w.pt"
    torch.save(torch.nn.Linear(2, 2), path)
    message = message_of(read_checkpoint, path)
    assert "Unsupported global: GLOBAL torch.nn.modules.linear.Linear was not an allowed global" in message
    assert "weights_only" not in message


@pytest.mark.parametrize("wrapper", ["state_dict", "model_state_dict", "model"])
def test_state_dict_in_a_training_checkpoint_is_found(tmp_path, wrapper):
    path = tmp_path / "w.pt"
    torch.save({"epoch": 3, wrapper: STATE, "optimizer": {"lr": 0.1, "state": [torch.ones(2)]}}, path)
    assert_same_state(read_checkpoint(path), STATE)


@pytest.mark.parametrize("content", [[1], {}, {"net": STATE}, {"model": {}}, {1: torch.ones(1)}, torch.ones(2)])
def test_checkpoint_of_something_else_is_refused(tmp_path, content):
    path = tmp_path / "w.pt"
    torch.save(content, path)
    assert message_of(read_checkpoint, path) == (
        f"{path}: expected a state dict, that is, tensors by parameter name, or one under state_dict,"
        " model_state_dict, model"
    )


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".safetensors"])
def test_damaged_checkpoint_is_named(tmp_path, suffix):
    path = tmp_path / f"w{suffix}"
    (save_file if suffix == ".safetensors" else torch.save)(STATE, path)
    whole = path.read_bytes()
    for content in (b"", b"text" * 10, whole[:-40], whole[:30], b"\0" * 100):
        path.write_bytes(content)
        assert message_of(read_checkpoint, path).startswith(f"{path}: not a state dict that can be read safely (")


@pytest.mark.parametrize("suffix", [".pt", ".pth"])
def test_checkpoint_whose_list_of_files_is_damaged_is_named(tmp_path, suffix):
    path = tmp_path / f"w{suffix}"
    torch.save(STATE, path)
    path.write_bytes(path.read_bytes().replace(b"PK\x01\x02", b"PK\0\0"))
    assert message_of(read_checkpoint, path).startswith(f"{path}: not a state dict that can be read safely (")


@pytest.mark.parametrize("byte", range(0, 60, 7))
def test_any_damage_of_an_older_checkpoint_ends_in_a_message_or_tensors(tmp_path, byte):
    path = tmp_path / "w.pth"
    torch.save(STATE, path, _use_new_zipfile_serialization=False)
    content = bytearray(path.read_bytes())
    content[byte] ^= 0x55
    path.write_bytes(content)
    with contextlib.suppress(UserError):
        assert set(map(type, read_checkpoint(path).values())) == {torch.Tensor}


def test_missing_checkpoint_is_named():
    assert message_of(read_checkpoint, Path("no/w.pt")) == "no/w.pt: no such weights file"
