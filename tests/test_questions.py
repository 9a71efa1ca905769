import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from net2vec_core.cli.ask import ask
from net2vec_core.embedding import Embeddings, write_embeddings
from net2vec_core.errors import UserError
from net2vec_core.questions import Answer, as_text
from net2vec_core.storage import write_table

REPOSITORY = Path(__file__).parents[1]
NAMES = ["grass", "blue", "green", "sky", "living room"]
WEIGHTS = np.array([[1, 1, 0], [0, 0, 9], [0, 2, 0], [1, 0, 1], [-1, -1, -1]], np.float32)


@pytest.fixture
def results(tmp_path):
    """A finished run: network `net` with layers l.1 and l.2, network `other` with l.2 alone."""
    for layer in ("net/l.1", "net/l.2", "other/l.2"):
        folder = tmp_path / "demo" / layer
        fit = Embeddings("segmentation", "paper", 0, WEIGHTS, np.zeros(5, np.float32))
        write_embeddings(folder / "embeddings.zarr", NAMES, [fit], {})
        best = pd.DataFrame({"concept": NAMES, "category": "object", "filter": [0, 2, 1, 0, 2]})
        write_table(best.assign(iou_train=0.5, iou_val=[0.1, 0.2, 0.3, 0.4, 0.5]), folder / "single_filter.csv")
        scores = pd.DataFrame({"image": [0, 1], "concept": ["sky", "grass"], "recipe": "paper"})
        write_table(scores.assign(iou_single=0.25, iou_multi=0.75), folder / "individual_iou.csv.gz")
    (tmp_path / "demo" / "config.yaml").write_text("overlap: {top_filters: 1}")
    data = tmp_path / "demo" / "dataset"
    rows = {"image": [0, 1, 1], "concept": ["sky", "grass", "a scene"], "pixels": [7, 12, 100]}
    write_table(pd.DataFrame(rows), data / "occurrences.csv.gz")
    write_table(
        pd.DataFrame({"image": [0, 1], "path": ["0.png", "1.png"], "split": ["val", "train"]}), data / "images.csv"
    )
    return tmp_path


@pytest.fixture
def answer_to(results, capsys):
    def answer(*question, **options):
        ask(list(question), **{"run": "demo", "layer": "l.1", "results": results} | options)
        return capsys.readouterr().out.splitlines()

    return answer


def test_arithmetic_gives_the_nearest_concepts(answer_to):
    lines = answer_to("grass + blue", "- green = sky")
    assert lines[0] == "Nearest to grass + blue - green"
    assert lines[1].split() == ["rank", "concept", "cosine"]
    assert lines[2] == "     1  sky           0.959"
    assert lines[3].startswith("     2  living room  -0.")
    assert lines[-1].split() == ["1", "sky", "0.959"]


def test_neighbours_may_have_spaces_in_their_names(answer_to):
    lines = answer_to("neighbours", "living", "room", rows=2)
    assert lines[0] == "Nearest to living room"
    assert [line.split()[1] for line in lines[2:4]] == ["blue", "green"]
    assert lines[4] == "  and 2 more"


def test_concepts_of_a_filter(answer_to):
    lines = answer_to("filter", "0")
    assert lines[:4] == [
        "Filter 0 is the best single one of",
        "  concept  category  iou_train  iou_val",
        "  sky      object        0.500    0.400",
        "  grass    object        0.500    0.100",
    ]
    assert lines[5] == "It is among the 1 largest |weights| of"
    assert [line.split()[0] for line in lines[7:]] == ["grass", "sky", "living"]


def test_images_that_hold_a_concept(answer_to):
    assert answer_to("images sky") == [
        "Images that hold sky",
        "  image  split  pixels  recipe  iou_single  iou_multi  path",
        "      0  val         7  paper        0.250      0.750  0.png",
    ]
    assert answer_to("images", "a", "scene")[2].split() == ["1", "train", "100", "1.png"]


@pytest.mark.parametrize(
    ("question", "options", "message"),
    [
        ("neighbours gras", {}, "no concept `gras` is studied; did you mean grass"),
        ("images skyy", {}, "the data set has no concept `skyy`; did you mean sky"),
        ("filter 3", {}, "`3` is no filter: the layer's filters are 0 to 2"),
        ("filter sky", {}, "`sky` is no filter"),
        ("sky", {"layer": "l.2"}, "several networks have a layer `l.2`: say which with --network: net, other"),
        ("sky", {"layer": "m"}, "the run has no layer `m`; there is l.1, l.2"),
        ("sky", {"network": "nett"}, "the run has no layer `l.1` of a network `nett`; did you mean net"),
        ("sky", {"run": "no"}, "no has no finished layers; run `snakemake` to make them"),
        ("sky", {"recipe": "iou"}, "has no embeddings segmentation/iou/*"),
    ],
)
def test_what_is_not_there_is_explained(answer_to, question, options, message):
    with pytest.raises(UserError) as caught:
        answer_to(question, **options)
    assert message in str(caught.value)


def test_nothing_to_show_is_said():
    assert as_text(Answer("Title", pd.DataFrame({"a": []})), 5) == "Title\n  none"


def test_the_command_line_answers_without_torch(results):
    code = "import sys; from net2vec_core.cli import app; app(sys.argv[1:], standalone_mode=False)"
    check = f"{code}; assert 'torch' not in sys.modules"
    options = ["ask", "--run", "demo", "--results", str(results), "--layer", "l.2", "--network", "other", "sky - blue"]
    done = subprocess.run([sys.executable, "-c", check, *options], capture_output=True, text=True, cwd=REPOSITORY)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Nearest to sky - blue\n  rank  concept ")
