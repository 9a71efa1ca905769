"""The whole DAG on a tiny data set, run as a user runs it."""

import json
import re

import numpy as np
import pandas as pd
import pytest
import zarr

from net2vec_core.origins import content_digest, read_provenance
from workspace import ONE_LAYER, REPOSITORY, TINY, Workspace, with_changes

LAYERS = [("small", "features.6"), ("small", "features.7"), ("control", "features.7")]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    space = Workspace(tmp_path_factory.mktemp("workflow"))
    space.output = space.run(TINY)
    return space


def test_makes_every_table_and_says_where_to_look(workspace):
    for network, layer in LAYERS:
        for name in (
            "thresholds",
            "single_filter",
            "segmentation",
            "classification",
            "evaluation",
            "filter_overlap",
            "overlap_histogram",
            "shared_filters",
            "units",
            "detectors",
            "cosine_similarity",
            "neighbours",
            "analogies",
            "map",
            "fair_single_filter",
            "significance",
            "gains",
            "subsets",
            "convergence",
            "relations",
            "relation_summary",
            "task_agreement",
            "failures",
            "gain_trends",
            "concept_deciles",
            "filter_deciles",
        ):
            assert (workspace.results / network / layer / f"{name}.csv").is_file()
        for name in ("concepts", "filters"):
            assert list((workspace.results / "figures" / network / layer / name).glob("*.jpg"))
    assert "Done. Open results/tiny/report/index.html in a browser" in workspace.output
    assert not list(workspace.results.rglob(".*partial*")), "nothing half-written is left"
    assert not list(workspace.results.rglob("*.scratch"))


def test_snakemakes_report_names_and_explains_all_that_it_shows(workspace):
    result = workspace.snakemake(TINY, "--report", "report.html")
    assert result.returncode == 0, result.stdout + result.stderr
    html = (workspace.folder / "report.html").read_text()
    start = html.index("var results = ", html.index('id="results"')) + len("var results = ")
    files = json.JSONDecoder().raw_decode(html, start)[0].values()
    assert len(files) > 80
    for file in files:
        assert file["caption"], file["name"]
        assert file["labels"].keys() & {"table", "figure"}, file["name"]
    told = [(*sorted(file["labels"].items()),) for file in files]
    assert len(set(told)) == len(told), "two have the same labels"


def test_every_column_is_documented_and_every_documented_column_is_there(workspace):
    sections = re.split(r"^## ", (REPOSITORY / "docs/tables.md").read_text(), flags=re.MULTILINE)[1:]
    documented = {}
    for section in sections:
        names = re.findall(r"`([\w.]+\.csv(?:\.gz)?)`", section.splitlines()[0])
        columns = re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)
        documented |= dict.fromkeys(names, columns)
    found = {path.name: list(pd.read_csv(path, nrows=1).columns) for path in workspace.tables.values()}
    assert documented.keys() == found.keys()
    for name, columns in found.items():
        if name == "cosine_similarity.csv":
            columns = [columns[0], "CONCEPT"]  # one column a concept, by its name
        assert columns == documented[name], name


def test_table_values_are_possible(workspace):
    for network, layer in LAYERS:
        table = pd.read_csv(
            workspace.results / network / layer / "segmentation.csv", keep_default_na=False, na_values=[""]
        )
        for column in ("iou_train", "iou_val", "single_iou_val", "p_value", "q_value"):
            assert table[column].between(0, 1).all()
        known = table.dropna(subset=["iou_val_low"])
        assert (known["iou_val_low"] <= known["iou_val_high"]).all()
        np.testing.assert_allclose(table["gain"], table["iou_val"] - table["single_iou_val"], atol=2e-6)
        assert (table["q_value"] >= table["p_value"] - 1e-9).all()


def first_log(workspace):
    return min((workspace.folder / ".snakemake/log").glob("*.log")).read_text()


def test_jobs_stay_within_the_memory_that_they_ask_for(workspace):
    jobs = re.split(r"^(?:local)?(?:rule|checkpoint) ", first_log(workspace), flags=re.MULTILINE)
    asked = [re.search(r"benchmark: (\S+)\n.* mem_mb=(\d+)", job, re.DOTALL) for job in jobs]
    assert len([*filter(None, asked)]) > 30
    for path, megabytes in (found.groups() for found in filter(None, asked)):
        used = pd.read_csv(workspace.folder / path, sep="\t")["max_rss"].max()
        assert used * 2**20 <= int(megabytes) * 10**6, path


def test_what_a_run_needs_is_said_before_and_no_job_asks_for_more(workspace):
    said = re.findall(r"^(\S+): needs up to .* of disk, and ([\d.]+) GB of memory", workspace.output, re.MULTILINE)
    assert {network for network, _ in said} == TINY["networks"].keys()
    asked = re.findall(r" mem_mb=(\d+)", first_log(workspace))
    assert max(map(int, asked)) <= max(round(float(gigabytes) * 1000) for _, gigabytes in said)
    again = workspace.snakemake(TINY, "--cores", "1", "--forcerun", "provenance")
    disk = re.search(r"^  needs up to (\d+) MB of disk, and .* of memory", again.stdout, re.MULTILINE)
    assert disk, again.stdout
    taken = sum(path.stat().st_size for path in workspace.results.rglob("*") if path.is_file())
    assert taken < int(disk[1]) * 1e6 < 5 * taken


def test_a_table_of_elsewhere_is_refused_until_it_is_removed(workspace):
    name = "small/features.6/failures.csv"
    before, other = (workspace.results / table for table in (name, "small/features.7/failures.csv"))
    own = before.read_bytes()
    before.write_bytes(other.read_bytes() + b"\n")
    refused = workspace.snakemake(TINY, "--cores", "1")
    assert refused.returncode != 0
    assert f"error: results/tiny/{name} is not the table that `inspection` wrote" in refused.stdout + refused.stderr
    before.unlink()
    workspace.run(TINY)
    assert before.read_bytes() == own


def test_every_file_is_listed_with_what_made_it(workspace):
    found = read_provenance(workspace.results / "provenance.json")
    aside = {"logs", "benchmarks", "config.yaml", "passes.json", "provenance.json", ".lock"}
    for path in workspace.results.rglob("*"):
        name = path.relative_to(workspace.results)
        if path.is_file() and not aside & {*name.parts}:
            assert [parent for parent in (name, *name.parents) if parent.as_posix() in found["files"]], name
    for name, origin in found["files"].items():
        assert content_digest(workspace.results / name) == origin["sha256"], name
        assert len(origin["settings_digest"]) == 16
    fit = found["files"]["small/features.6/segmentation/paper/0/0.zarr"]
    assert fit["command"] == "segmentation"
    assert fit["arguments"] == {"network": "small", "recipe": "paper", "seed": 0, "batch": 0}
    assert fit["device"] == "cpu"
    assert found["fingerprints"].keys() == {"dataset", "small", "control"}


def test_a_second_run_has_nothing_to_do(workspace):
    assert "Nothing to be done" in workspace.run(TINY)


@pytest.mark.parametrize(
    "option", [("compute", "batch_size", 7), ("compute", "device", "auto"), ("cache", "elsewhere")]
)
def test_how_the_work_is_done_redoes_nothing(workspace, option):
    assert not workspace.planned(with_changes(option))


def test_another_threshold_keeps_activations_and_labels(workspace):
    planned = workspace.planned(with_changes(("threshold", "quantile", 0.04)))
    assert planned["filter_masks"] == planned["single_filter"] == 3
    assert not planned.keys() & {"dataset", "concepts", "network", "probe", "pool", "classification"}


def test_more_subsets_of_the_classification_redo_nothing_else(workspace):
    planned = workspace.planned(with_changes(("classification", "subsets", [4])))
    of_layers = ["classification", "classification_table", "subsets", "relations", "figure_layer"]
    of_run = ["comparison", "figure_run", "report", "provenance", "all"]
    assert planned == dict.fromkeys(of_layers, 3) | dict.fromkeys(of_run, 1) | {"total": 20}


def test_other_analogies_and_word_vectors_redo_no_fit(workspace):
    (workspace.folder / "words.txt").write_text("1 2\nsky 1 2\n")
    planned = workspace.planned(with_changes(("analogies", []), ("word_vectors", "words.txt")))
    of_run = {"comparison", "figure_run", "report", "provenance", "all", "total"}
    assert planned.keys() == {"relations", "figure_layer"} | of_run
    result = workspace.snakemake(with_changes(("word_vectors", "word.txt")), "--dry-run")
    assert "`word_vectors`: there is no word.txt" in result.stdout + result.stderr


def test_one_more_layer_redoes_no_other_layer(workspace):
    layers = ["features.6", "features.7", "features.9"]
    planned = workspace.planned(with_changes(("networks", "small", "layers", layers)))
    assert {rule: planned[rule] for rule in ("network", "probe", "filter_masks", "single_filter", "tables")} == {
        "network": 1,
        "probe": 1,
        "filter_masks": 1,
        "single_filter": 1,
        "tables": 1,
    }
    assert "dataset" not in planned


def test_one_layer_less_redoes_none(workspace):
    planned = workspace.planned(with_changes(("networks", "small", "layers", ["features.7"])))
    assert not planned.keys() - {"network", "figure_run", "comparison", "report", "provenance", "all", "total"}


def test_another_model_under_the_same_name_starts_anew(workspace):
    other = {"model": "torchvision/alexnet", "weights": "random", "layers": ["features.4"]}
    planned = workspace.planned(with_changes(("networks", "small", other)))
    assert planned["probe"] == planned["filter_masks"] == 1


def test_changes_at_once_are_all_seen(workspace):
    layers = ["features.6", "features.7", "features.9"]
    changes = ("networks", "small", "layers", layers), ("segmentation", "seeds", [0, 1])
    planned = workspace.planned(with_changes(*changes))
    assert planned["filter_masks"] == 1
    assert planned["tables"] == 4
    assert not planned.keys() & {"dataset", "concepts"}


def test_one_more_network_redoes_no_other_network(workspace):
    other = {"model": "torchvision/alexnet", "weights": "random", "layers": ["features.4"]}
    planned = workspace.planned(with_changes(("networks", "other", other)))
    assert planned["probe"] == planned["filter_masks"] == planned["tables"] == 1
    assert "dataset" not in planned


def test_a_changed_module_redoes_its_stages_and_a_comment_does_not(workspace):
    module = workspace.folder / "net2vec_core/overlap.py"
    code = module.read_text()
    try:
        module.write_text(code + "\n# a comment\n")
        assert not workspace.planned(TINY)
        module.write_text(code + "\nANOTHER = 1\n")
        planned = workspace.planned(TINY)
        assert planned["relations"] == 3
        assert not planned.keys() & {"dataset", "probe", "filter_masks", "segmentation", "tables"}
    finally:
        module.write_text(code)


@pytest.mark.parametrize("module", ["embedding.py", "segmentation.py", "progress.py", "dataset/broden.py"])
def test_activations_do_not_depend_on_what_comes_after_them(workspace, module):
    path = workspace.folder / "net2vec_core" / module
    code = path.read_text()
    try:
        path.write_text(code + "\nANOTHER = 1\n")
        assert not workspace.planned(TINY).keys() & {"dataset", "probe", "filter_masks"}
    finally:
        path.write_text(code)


def test_a_corrected_layer_name_is_all_that_is_needed(workspace):
    config = {**with_changes(("networks", "small", "layers", ["features.6", "feature.7"])), "run": "corrected"}
    assert workspace.snakemake(config, "--cores", "2").returncode != 0
    config["networks"]["small"]["layers"] = ["features.6", "features.7"]
    result = workspace.snakemake(config, "--cores", "2", "results/corrected/small/features.7/thresholds.csv")
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_same_configuration_gives_the_same_bytes(workspace, tmp_path):
    again = Workspace(tmp_path)
    again.run(with_changes(ONE_LAYER))
    ours, theirs = workspace.tables, again.tables
    assert len(theirs) > 10
    for name in theirs:
        if name.name in ("layers.csv", "layer_pairs.csv", "filters_needed.csv"):
            continue  # they list fewer layers
        assert ours[name].read_bytes() == theirs[name].read_bytes(), name


def test_cores_shards_jobs_and_batches_change_rounding_alone(workspace, tmp_path):
    other = Workspace(tmp_path)
    compute = {"device": "cpu", "images_per_shard": 13, "concepts_per_job": 25, "batch_size": 5}
    other.run(with_changes(ONE_LAYER, ("compute", compute)), cores=1)
    assert len(list(other.results.glob("small/activations/*.zarr"))) == 3
    ours, theirs = (space.results / "small" / "features.6" for space in (workspace, other))
    for table in ("thresholds.csv", "classification.csv"):
        assert (ours / table).read_bytes() == (theirs / table).read_bytes()
    for name in ("intersection", "union"):
        counts = [zarr.open_group(str(folder / "single_filter.zarr"), mode="r")[name][:] for folder in (ours, theirs)]
        np.testing.assert_array_equal(*counts)
    weights = [
        zarr.open_group(str(folder / "embeddings.zarr"), mode="r")["segmentation/paper/0/weights"][:]
        for folder in (ours, theirs)
    ]
    np.testing.assert_allclose(*weights, atol=1e-5, rtol=0)
    scores = [pd.read_csv(folder / "segmentation.csv")["iou_val"] for folder in (ours, theirs)]
    np.testing.assert_allclose(*scores, atol=1e-3, rtol=0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("networks", "small", "layers", ["feature.6"]),
            "the network has no layer `feature.6`; did you mean features.6",
        ),
        (("concepts", "include", ["tre"]), "the data set has no concept `tre`; did you mean tree"),
    ],
)
def test_a_mistake_gives_one_message(workspace, change, message):
    result = workspace.snakemake({**with_changes(change), "run": "mistake"}, "--cores", "2")
    output = result.stdout + result.stderr
    assert result.returncode != 0
    assert message in output
    assert "Traceback" not in output


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("dataset", "imagesize", 3), "tiny.yaml is not a valid configuration:\n  `dataset.imagesize` is not a key"),
        (("dataset", {"reader": "broden", "path": "data/none"}), "`dataset.path`: there is no data/none/index.csv"),
        (("dataset", {"reader": "folder", "path": "data/none"}), "`dataset.path`: there is no data/none/labels.csv"),
        (("networks", "small", "weights", "w.pt"), "`networks.small.weights`: there is no w.pt"),
    ],
)
def test_a_mistake_seen_before_the_start_is_all_that_is_printed(workspace, change, message):
    result = workspace.snakemake({**with_changes(change), "run": "mistake"}, "--cores", "2")
    output = result.stdout + result.stderr
    assert result.returncode == 1
    assert message in output
    assert len(output.splitlines()) <= 3
