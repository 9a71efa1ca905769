import io
import json
import subprocess
import sys

import numpy as np
import pytest
import safetensors.numpy
from safetensors import safe_open

from net2vec_core.cli.export import export
from net2vec_core.embedding import Embeddings, write_embeddings
from net2vec_core.errors import UserError
from net2vec_core.exports import npz_bytes, projector_tables, safetensors_bytes, word2vec_text

NAMES = ["dining room", "null", 'grüße, "x"', "a\tb"]
WEIGHTS = np.array([[0.1, -1e-20], [1 / 3, 0], [3e20, -0.0], [1, 2]], np.float32)
FIT = Embeddings("segmentation", "paper", 3, WEIGHTS, np.arange(4, dtype=np.float32))


def read_word2vec(content):
    """As gensim's `_word2vec_read_text` does: lines split at single spaces, numbers by float()."""
    header, *lines = content.decode("utf-8").removesuffix("\n").split("\n")
    words, size = map(int, header.split())
    assert len(lines) == words
    parts = [line.rstrip().split(" ") for line in lines]
    assert all(len(part) == size + 1 for part in parts)
    return {part[0]: np.array([float(number) for number in part[1:]], np.float32) for part in parts}


def test_word2vec_text_reads_back_exactly():
    vectors = read_word2vec(word2vec_text(NAMES, FIT))
    assert list(vectors) == ["dining_room", "null", 'grüße,_"x"', "a_b"]
    np.testing.assert_array_equal(list(vectors.values()), WEIGHTS)


def test_two_names_for_one_word_are_refused():
    with pytest.raises(UserError, match="several concepts would be called a_b"):
        word2vec_text(["a b", "a_b"], FIT)


def test_projector_tables_have_a_row_a_concept():
    tables = {name: content.decode().splitlines() for name, content in projector_tables(NAMES, FIT).items()}
    assert tables["metadata.tsv"] == [*NAMES[:3], "a b"]
    vectors = [[np.float32(cell) for cell in line.split("\t")] for line in tables["vectors.tsv"]]
    np.testing.assert_array_equal(vectors, WEIGHTS)


def test_safetensors_carry_the_names(tmp_path):
    content = safetensors_bytes(NAMES, FIT)
    tensors = safetensors.numpy.load(content)
    np.testing.assert_array_equal(tensors["weights"], WEIGHTS)
    np.testing.assert_array_equal(tensors["bias"], FIT.bias)
    (tmp_path / "e.safetensors").write_bytes(content)
    with safe_open(tmp_path / "e.safetensors", "np") as file:
        about = json.loads(file.metadata()["net2vec"])
    assert about == {"concepts": NAMES, "task": "segmentation", "recipe": "paper", "seed": 3}


def test_npz_needs_no_pickle():
    arrays = np.load(io.BytesIO(npz_bytes(NAMES, FIT)), allow_pickle=False)
    assert arrays["concepts"].tolist() == NAMES
    np.testing.assert_array_equal(arrays["weights"], WEIGHTS)
    np.testing.assert_array_equal(arrays["bias"], FIT.bias)


@pytest.mark.parametrize("form", ["word2vec", "projector", "safetensors", "numpy"])
def test_the_command_writes_the_same_bytes_each_time(tmp_path, form, caplog):
    write_embeddings(tmp_path / "e.zarr", NAMES, [FIT], {})
    with caplog.at_level("INFO"):
        for place in ("first", "second"):
            export(tmp_path / "e.zarr", tmp_path / place, form)
    first, second = (
        sorted(path for path in [tmp_path / place, *(tmp_path / place).rglob("*")] if path.is_file())
        for place in ("first", "second")
    )
    assert len(first) == len(second) == (2 if form == "projector" else 1)
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert ("became `_`" in caplog.text) == (form == "word2vec")


def test_the_command_chooses_a_seed_or_says_what_there_is(tmp_path):
    write_embeddings(tmp_path / "e.zarr", NAMES, [FIT], {})
    with pytest.raises(UserError, match=r"has no embeddings \*/\*/4 \(task/recipe/seed\); it has segmentation/paper/3"):
        export(tmp_path / "e.zarr", tmp_path / "out", "numpy", seed=4)
    assert not (tmp_path / "out").exists()


def test_exports_do_without_torch():
    code = "import sys, net2vec_core.cli.export; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
