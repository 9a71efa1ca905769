"""The configuration: one typed model that validates and explains, and a mistake in it in words."""

import json
import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import (
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
)
from pydantic_core import ErrorDetails

from net2vec_core.errors import UserError, did_you_mean, shorten
from net2vec_core.settings import (
    PATTERNS,
    ChanceSettings,
    ClassificationSettings,
    ComputeSettings,
    ConceptSettings,
    DatasetSettings,
    Name,
    NetworkSettings,
    OverlapSettings,
    Section,
    SegmentationSettings,
    SingleFilterSettings,
    ThresholdSettings,
    UpsamplingSettings,
    distinct,
    path_from_home,
)
from net2vec_core.yaml_file import read_yaml

FINGERPRINT = "fingerprint.txt"  # in results/RUN/dataset and results/RUN/NETWORK
RESERVED_NAMES = frozenset({"dataset", "comparison", "figures", "report", "logs", "benchmarks"})
DEMO_LAYERS = ["features.9", "features.12"]


class Config(Section):
    """Everything a run depends on. Threads, memory and cluster accounts belong to profiles."""

    run: Name = "demo"
    """Results go to results/{run}/."""
    cache: Path = Field(default=Path("~/.cache/net2vec"), strict=False)
    """Folder for downloaded weights and data."""
    dataset: DatasetSettings = DatasetSettings()
    """The probe data set."""
    concepts: ConceptSettings = ConceptSettings()
    """Which concepts are studied."""
    networks: dict[Name, NetworkSettings] = Field(
        default={
            "squeezenet": NetworkSettings(
                model="torchvision/squeezenet1_1", weights="ndf", layers=DEMO_LAYERS, control="squeezenet-random"
            ),
            "squeezenet-random": NetworkSettings(
                model="torchvision/squeezenet1_1", weights="random", layers=DEMO_LAYERS[-1:]
            ),
        },
        min_length=1,
    )
    """Networks by the name under which their results lie."""
    threshold: ThresholdSettings = ThresholdSettings()
    """When a filter counts as active."""
    upsampling: UpsamplingSettings = UpsamplingSettings()
    """From the layer's grid to the mask grid, bilinearly."""
    single_filter: SingleFilterSettings = SingleFilterSettings()
    """How single filters are compared with concepts."""
    segmentation: SegmentationSettings = SegmentationSettings()
    """How embeddings are fitted to masks."""
    classification: ClassificationSettings = ClassificationSettings()
    """How embeddings are fitted to which images hold a concept."""
    chance: ChanceSettings = ChanceSettings()
    """What a result must beat to count as more than chance."""
    overlap: OverlapSettings = OverlapSettings()
    """How filters that concepts share are counted."""
    analogies: list[str] = Field(default=[])
    """Sums of concepts such as `grass + blue - green = sky`; the answer after `=` may be left out."""
    word_vectors: Path | None = Field(default=None, strict=False)
    """A file of word vectors to compare layers with: word2vec's text or binary format, plain or `.gz`, or gensim's
    `.kv`."""
    wordnet: Path | None = Field(default=None, strict=False)
    """WordNet's `dict` folder, to compare layers with its path similarities."""
    compute: ComputeSettings = ComputeSettings()
    """How the work is done."""
    _fingerprints: dict[str, str] = PrivateAttr(default_factory=dict)
    """Of the run's data set, under `dataset`, and of each network's weights: known once results are there."""

    _distinct_analogies = field_validator("analogies")(distinct)

    _word_vectors_from_home = field_validator("word_vectors", "wordnet")(path_from_home)

    @field_validator("networks")
    @classmethod
    def _no_reserved_name(cls, networks: dict[str, NetworkSettings]) -> dict[str, NetworkSettings]:
        taken = sorted(RESERVED_NAMES & networks.keys())
        if taken:
            raise ValueError(f"`{taken[0]}` is the name of a results folder; call the network something else")
        return networks

    @field_validator("networks")
    @classmethod
    def _controls_are_networks(cls, networks: dict[str, NetworkSettings]) -> dict[str, NetworkSettings]:
        for name, network in networks.items():
            others = [other for other in networks if other != name]
            if network.control not in {None, *others}:
                known = f"one of {', '.join(others)}" if others else "another network, and there is none"
                raise ValueError(f"the `control` of `{name}` is `{network.control}`; it must be {known}")
        return networks

    def network(self, name: str) -> NetworkSettings:
        """The settings of the network with this name.

        Raises:
            UserError: if there is none.
        """
        if name not in self.networks:
            known = ", ".join(self.networks)
            raise UserError(f"`networks`: the configuration has no network `{name}`; it has {known}")
        return self.networks[name]

    @property
    def segments(self) -> bool:
        """Whether there can be anything to segment: class folders hold no masks."""
        return self.dataset.reader != "imagefolder" or self.segmentation.image_level

    @property
    def fingerprints(self) -> dict[str, str]:
        """Of the run's data set, under `dataset`, and of each network's weights, as far as they are known."""
        return dict(self._fingerprints)

    @property
    def dataset_folder(self) -> Path | None:
        """Where the data lie: `dataset.path`, or where in the cache an archive is unpacked; None for drawn data."""
        if self.dataset.fetched:
            return self.cache.expanduser() / f"broden1_{self.dataset.broden.resolution}"
        return self.dataset.path

    @property
    def located_dataset(self) -> DatasetSettings:
        """`dataset` with the folder in which the data lie as its path."""
        return self.dataset.model_copy(update={"path": self.dataset_folder})


def parse_config(values: object, source: str) -> Config:
    """The configuration in `values`, a mapping as YAML gives it; `source` names it in messages.

    Raises:
        UserError: naming every key that is unknown, of the wrong type or impossible.
    """
    try:
        return Config.model_validate({} if values is None else values)
    except ValidationError as error:
        lines = [_explain(details) for details in error.errors() if not _of_other_alternative(details)]
        raise UserError(
            "\n".join([f"{source} is not a valid configuration:", *(f"  {line}" for line in lines)])
        ) from None


def load(path: Path) -> Config:
    """The configuration in a YAML file; for a run's own, with the fingerprints of its data set and weights beside it.

    Raises:
        UserError: if the file is missing, is not YAML, or is not a valid configuration.
    """
    config = parse_config(read_yaml(path), str(path))
    files = {name: path.parent / name / FINGERPRINT for name in ("dataset", *config.networks)}
    config._fingerprints = {name: file.read_text().strip() for name, file in files.items() if file.is_file()}
    return config


def dump(config: Config) -> str:
    """The whole configuration, defaults included, as YAML."""
    return yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False, allow_unicode=True)


# pydantic's words speak of Python; these are for who writes YAML
_MESSAGES = {
    "missing": "is missing",
    "model_type": "should be a mapping of keys to values",
    "dict_type": "should be a mapping of names to values",
    "list_type": "should be a list",
    "path_type": "should be a path",
    "string_type": "should be text",
    "invalid_key": "is not a key",
    "too_short": "should not be empty",
    "string_too_short": "should not be empty",
}


def _of_other_alternative(details: ErrorDetails) -> bool:
    """Whether the message concerns the single word that could stand in place of the list that was given."""
    return details["type"] == "literal_error" and isinstance(details["input"], list)


def _explain(details: ErrorDetails) -> str:
    path = [str(part) for part in details["loc"] if not str(part).startswith(("list[", "literal[", "[key]"))]
    key = f"`{'.'.join(path)}`" if path else "it"
    if details["type"] == "extra_forbidden":
        *parents, last = path
        return f"{key} is not a key{did_you_mean(last, _keys_at(parents))}"
    if details["type"] == "value_error":
        return f"{key}: {details['msg'].removeprefix('Value error, ')}"
    words = _MESSAGES | {"string_pattern_mismatch": PATTERNS.get(details.get("ctx", {}).get("pattern", ""))}
    message = words.get(details["type"]) or re.sub("^(Input|String) ", "", details["msg"])
    given = details["input"]
    shown = "" if isinstance(given, dict) else f", not {shorten(json.dumps(given, default=str, ensure_ascii=False))}"
    advice = "; put it in quotes" if details["type"] == "string_type" and isinstance(given, int | float) else ""
    return f"{key} {message}{shown}{advice}"


def _keys_at(parents: list[str]) -> list[str]:
    match parents:
        case []:
            model: Any = Config
        case ["networks", _]:
            model = NetworkSettings
        case _:
            model = Config
            for parent in parents:
                model = model.model_fields[parent].annotation
    return list(model.model_fields)
