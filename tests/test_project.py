"""What must stay in step: versions, generated documents, and the direction of imports."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from net2vec_core.config import load
from net2vec_core.config_reference import keys
from net2vec_core.layouts import read_layers
from net2vec_core.network import prefix_tokens_of, skeleton, trace
from net2vec_core.preprocessing import image_size_of
from net2vec_core.reference import reference_files

REPOSITORY = Path(__file__).parents[1]
PACKAGE = REPOSITORY / "net2vec_core"


def locked():
    lines = (REPOSITORY / "requirements.lock").read_text().splitlines()
    return dict(re.match(r"([\w.-]+)==([^ ;]+)", line).groups() for line in lines if "==" in line)


def rooms():
    """The modules of each room, in order, as the architecture's page lists them."""
    page = (REPOSITORY / "docs/architecture.md").read_text()
    listed = re.findall(r"^\d+\. ((?:`\w+`,?\s+)*`\w+`):", page, re.MULTILINE)
    return [set(re.findall(r"`(\w+)`", names)) for names in listed]


ROOMS = rooms()


def room(module):
    return next(number for number, names in enumerate(ROOMS) if module in names)


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("net2vec_core."):
            yield node.module.split(".")[1]


def test_the_conda_environment_has_the_locked_versions():
    environment = yaml.safe_load((REPOSITORY / "envs/net2vec.yaml").read_text())
    pinned = dict(line.split("==") for line in environment["dependencies"][-1]["pip"])
    assert pinned.items() <= locked().items()
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    needed = {re.match(r"[\w-]+", line)[0] for line in project["dependencies"]} - {"snakemake"}
    assert pinned.keys() == needed


def test_the_lock_names_no_index():
    assert "://" not in (REPOSITORY / "requirements.lock").read_text()


@pytest.mark.parametrize("path", reference_files(), ids=str)
def test_generated_documents_are_up_to_date(path):
    assert (REPOSITORY / path).read_text() == reference_files()[path], "run `make reference`"


def test_every_key_is_explained():
    for key in keys():
        assert key.meaning not in ("", "None"), key.name


@pytest.mark.parametrize("path", sorted((REPOSITORY / "experiments").glob("*.yaml")), ids=lambda path: path.stem)
def test_experiments_are_valid(path):
    assert load(path).run == path.stem


@pytest.mark.parametrize("path", sorted((REPOSITORY / "experiments").glob("*.yaml")), ids=lambda path: path.stem)
def test_experiments_name_layers_that_there_are(path):
    config = load(path)
    for name, network in config.networks.items():
        model = skeleton(network)
        calls = trace(model, image_size_of(network, config.dataset, model), network.model)
        assert len(read_layers(calls, network, name, prefix_tokens_of(model))) == len(network.layers)
        control = config.networks.get(network.control)
        assert control is None or (control.model == network.model and {*control.layers} <= {*network.layers})


def test_the_page_on_the_architecture_lists_every_module_once():
    listed = sorted(name for names in ROOMS for name in names)
    modules = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in PACKAGE.rglob("*.py")}
    assert listed == sorted(modules - {"__init__"})


def test_the_picture_of_the_architecture_names_modules_that_there_are():
    picture = (REPOSITORY / "docs/images/architecture.svg").read_text()
    named = re.findall(r"[\w/]+", " ".join(re.findall(r'class="n"[^>]*>([^<]+)<', picture)))
    drawn_beside = {"masks", "images", "CSVs", "page"}
    modules = {path.stem for path in PACKAGE.glob("*.py")} | {f"{path.parent.name}/" for path in PACKAGE.glob("*/*.py")}
    assert {*named} - drawn_beside <= modules


def test_modules_import_only_from_rooms_to_their_left():
    for path in PACKAGE.rglob("*.py"):
        module = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if module == "__init__":
            continue
        for other in imports_of(path):
            assert other == module or room(other) <= room(module), f"{path} imports {other}"


@pytest.mark.parametrize(
    "command",
    [
        "download",
        "dataset",
        "concepts",
        "filter-masks",
        "pool",
        "single-filter",
        "segmentation",
        "segmentation-subsets",
        "segmentation-controls",
        "fair-single-filter",
        "evaluation",
        "rotated",
        "tables",
        "classification-table",
        "relations",
        "comparison",
        "ask",
        "export",
        "inspection",
        "inspect",
        "report",
    ],
)
def test_light_commands_start_without_torch(command):
    script = f"import sys; from net2vec_core.cli import app; app(['{command}', '--help'], standalone_mode=False)"
    check = f"{script}; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", check], check=True, capture_output=True)


@pytest.mark.parametrize(
    "path", sorted((REPOSITORY / "profiles").glob("*/config.yaml")), ids=lambda path: path.parent.name
)
def test_profiles_group_rules_that_there_are(path):
    grouped = yaml.safe_load(path.read_text()).get("groups", {})
    rules = "\n".join(file.read_text() for file in (REPOSITORY / "rules").glob("*.smk"))
    assert grouped.keys() <= set(re.findall(r"^ *(?:rule|checkpoint) (\w+):", rules, re.MULTILINE))
