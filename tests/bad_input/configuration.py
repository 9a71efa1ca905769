"""Mistakes in the configuration."""

from bad_input.frame import Case
from bad_input.spoiling import config, folder_instead, more_config, text, without

INVALID = "run.yaml is not a valid configuration:\n  "
NET = "networks.net"


def refused(name: str, changes: dict[str, object], line: str) -> Case:
    """Values that the configuration's model refuses, each in a line of its own."""
    return Case(name, config(changes), "concepts", INVALID + line)


CASES = [
    Case(
        "there is no such file",
        without("run.yaml"),
        "concepts",
        "run.yaml: the configuration cannot be read (No such file or directory)",
    ),
    Case(
        "a folder stands in its place",
        folder_instead("run.yaml"),
        "concepts",
        "run.yaml: the configuration cannot be read (Is a directory)",
    ),
    Case(
        "it is not UTF-8",
        text("run.yaml", "run: é".encode("latin-1")),
        "concepts",
        "run.yaml is not valid YAML: its bytes from 5 on are not UTF-8",
    ),
    Case(
        "it is a list",
        text("run.yaml", "- run: tiny\n- cache: c\n"),
        "concepts",
        'run.yaml is not a valid configuration:\n  it should be a mapping of keys to values, not [{"run":'
        ' "tiny"}, {"cache": "c"}]',
    ),
    Case(
        "it is a sentence",
        text("run.yaml", "run tiny\n"),
        "concepts",
        'run.yaml is not a valid configuration:\n  it should be a mapping of keys to values, not "run tiny"',
    ),
    Case(
        "a tab instead of spaces",
        text("run.yaml", "dataset:\n\treader: toy\n"),
        "concepts",
        "run.yaml is not valid YAML: line 2, column 1: …found character '\\t' that cannot start any token;"
        " indent with spaces",
    ),
    Case(
        "thousands of brackets",
        text("run.yaml", "[" * 20_000),
        "concepts",
        "run.yaml is not valid YAML: its brackets stand in one another too deeply",
    ),
    Case(
        "a bracket that is not closed",
        more_config("analogies: [sky + grass\n"),
        "concepts",
        "run.yaml is not valid YAML: line 23, column 1: while parsing a flow sequence, expected ',' or ']',"
        " but got '<stream end>'",
    ),
    Case(
        "a key that stands twice",
        more_config("threshold: {quantile: 0.1}\n"),
        "concepts",
        "run.yaml is not valid YAML: line 22, column 1: `threshold` stands here a second time",
    ),
    Case(
        "a key that stands twice, further in",
        text("run.yaml", "dataset:\n  toy: {seed: 1, images: 20, seed: 2}\n"),
        "concepts",
        "run.yaml is not valid YAML: line 2, column 30: `seed` stands here a second time",
    ),
    Case(
        "two documents in one file",
        more_config("---\nrun: other\n"),
        "concepts",
        "run.yaml is not valid YAML: line 22, column 1: expected a single document in the stream, …",
    ),
    Case(
        "an object of Python",
        more_config("word_vectors: !!python/object/apply:os.system [touch ran]\n"),
        "concepts",
        "run.yaml is not valid YAML: line 22, column 15: could not determine a constructor for the tag …os.system'",
    ),
    Case(
        "a list as a key",
        text("run.yaml", "? [a, b]\n: 1\n"),
        "concepts",
        "run.yaml is not valid YAML: line 1, column 3: while constructing a mapping, found unhashable key",
    ),
    Case(
        "an alias that nothing bears",
        text("run.yaml", "run: *name\n"),
        "concepts",
        "run.yaml is not valid YAML: line 1, column 6: found undefined alias 'name'",
    ),
    refused(
        "a key that is not one", {"treshold": {"quantile": 0.1}}, "`treshold` is not a key; did you mean threshold?"
    ),
    refused(
        "a key that is not one, further in",
        {"dataset.mask_sise": 3},
        "`dataset.mask_sise` is not a key; did you mean mask_size, image_size?",
    ),
    refused(
        "two mistakes at once",
        {"rum": 1, "threshold.quantile": 0},
        "`threshold.quantile` should be greater than 0, not 0\n  `rum` is not a key; did you mean run?",
    ),
    refused(
        "a text for a number",
        {"threshold.quantile": "0.005"},
        '`threshold.quantile` should be a valid number, not "0.005"',
    ),
    refused(
        "not a number", {"threshold.quantile": float("nan")}, "`threshold.quantile` should be less than 1, not NaN"
    ),
    refused(
        "no images in a batch",
        {"compute.batch_size": 0},
        "`compute.batch_size` should be greater than or equal to 1, not 0",
    ),
    refused(
        "a seed below zero",
        {"segmentation.seeds": [-1]},
        "`segmentation.seeds.0` should be greater than or equal to 0, not -1",
    ),
    refused("a seed twice", {"segmentation.seeds": [1, 1]}, "`segmentation.seeds`: listed more than once: 1"),
    refused(
        "an unknown recipe",
        {"segmentation.recipes": ["papre"]},
        "`segmentation.recipes.0` should be 'paper', 'logistic' or 'iou', not \"papre\"",
    ),
    refused(
        "an unknown reader",
        {"dataset.reader": "imagenet"},
        "`dataset.reader` should be 'toy', 'broden', 'folder', 'coco', 'voc', 'ade20k' or 'imagefolder', not"
        ' "imagenet"',
    ),
    refused(
        "a reader without its path",
        {"dataset.path": None},
        "`dataset`: `path` must name the folder of the data for reader `broden`",
    ),
    refused(
        "a path for drawn data",
        {"dataset.reader": "toy"},
        "`dataset`: `path` is not for reader `toy`, which draws its own data: set another reader, or no path",
    ),
    Case(
        "an unknown category",
        config({"concepts.categories": ["animal"]}),
        "concepts",
        "`concepts.categories`: the data set has no category `animal`; it has object, color, scene, material, part,"
        " texture",
    ),
    refused(
        "a concept that YAML reads as true",
        {"concepts.include": [True]},
        "`concepts.include.0` should be text, not true; put it in quotes",
    ),
    refused(
        "a run that leaves the results",
        {"run": "../other"},
        '`run` must be letters, digits, `-` and `_`, not "../other"',
    ),
    refused("a run that YAML reads as false", {"run": False}, "`run` should be text, not false; put it in quotes"),
    refused(
        "a network that is called as a folder of results",
        {"networks.dataset": {"model": "torchvision/alexnet", "weights": "random", "layers": ["features.0"]}},
        "`networks`: `dataset` is the name of a results folder; call the network something else",
    ),
    refused(
        "a network with a slash",
        {"networks": {"a/b": {"model": "torchvision/alexnet", "weights": "random", "layers": ["features.0"]}}},
        '`networks.a/b` must be letters, digits, `-` and `_`, not "a/b"',
    ),
    refused("a network without layers", {f"{NET}.layers": []}, "`networks.net.layers` should not be empty, not []"),
    refused(
        "a layer twice",
        {f"{NET}.layers": ["features.6", "features.6"]},
        "`networks.net.layers`: listed more than once: features.6",
    ),
    refused(
        "a network without weights",
        {"networks": {"net": {"model": "torchvision/alexnet", "layers": ["features.0"]}}},
        "`networks.net.weights` is missing",
    ),
    refused("no networks", {"networks": {}}, "`networks` should not be empty"),
    refused(
        "a control that is no network",
        {f"{NET}.control": "random"},
        "`networks`: the `control` of `net` is `random`; it must be another network, and there is none",
    ),
    refused(
        "a model of no library",
        {f"{NET}.model": "resnet18"},
        '`networks.net.model` must be `torchvision/NAME`, …, not "resnet18"',
    ),
    refused(
        "a device that there is not",
        {"compute.device": "gpu"},
        '`compute.device` must be `auto`, `cpu`, `cuda` or `cuda:1`, not "gpu"',
    ),
    Case(
        "a concept that the data do not have",
        config({"concepts.include": ["skky"]}),
        "concepts",
        "`concepts`: the data set has no concept `skky`; did you mean sky?",
    ),
    Case(
        "a concept to leave out that the data do not have",
        config({"concepts.exclude": ["gras"]}),
        "concepts",
        "`concepts`: the data set has no concept `gras`; did you mean grass?",
    ),
    Case(
        "a concept both wanted and left out",
        config({"concepts.include": ["sky"], "concepts.exclude": ["sky"]}),
        "concepts",
        "`concepts`: `sky` is in `include` and in `exclude`",
    ),
    Case(
        "a concept of a category that is left out",
        config({"concepts.include": ["sky"], "concepts.categories": ["part"]}),
        "concepts",
        "`concepts.include`: `sky` is of category `object`, which `concepts.categories` leaves out",
    ),
    Case(
        "a concept in too few images",
        config({"concepts.include": ["sky"], "concepts.min_train": 4}),
        "concepts",
        "`concepts.include`: `sky` has 3 and 2; 4 train and 1 val images are needed",
    ),
    Case(
        "no concept is left",
        config({"concepts.min_val": 99}),
        "concepts",
        "no concept is left to study: loosen `concepts` in the configuration",
    ),
    Case(
        "no concept is left: all are left out",
        config({"concepts.categories": []}),
        "concepts",
        "no concept is left to study: loosen `concepts` in the configuration",
    ),
    refused(
        "the same set of COCO for train and val",
        {"dataset.reader": "coco", "dataset.coco": {"train": "all", "val": "all"}},
        "`dataset.coco`: `train` and `val` are both `all`; `val: null` draws both from one set",
    ),
    refused(
        "a layer where a list of layers should be",
        {"networks.net.layers": "features.6"},
        '`networks.net.layers` should be a list, not "features.6"',
    ),
    refused(
        "a share as percentage",
        {"threshold.quantile": "0.5%"},
        '`threshold.quantile` should be a valid number, not "0.5%"',
    ),
    refused("a share above one", {"threshold.quantile": 50}, "`threshold.quantile` should be less than 1, not 50"),
    refused("a run's name with a slash", {"run": "a/b"}, '`run` must be letters, digits, `-` and `_`, not "a/b"'),
    Case(
        "only concepts of whole images, which are not segmented",
        config({"concepts.categories": ["scene"]}),
        "concepts",
        "no concept that is studied has masks: widen `concepts`, or set `segmentation.image_level: true`, which"
        " takes a label of a whole image for a mask of all its pixels",
    ),
    Case(
        "an analogy of an unknown concept",
        config({"analogies": ["sky + gras = grass"]}),
        "relations",
        "`analogies`: `sky + gras = grass`: no concept `gras` is studied; did you mean grass?",
    ),
    Case(
        "an analogy without a concept",
        config({"analogies": ["sky + = grass"]}),
        "relations",
        "`analogies`: `sky + = grass`: a concept is missing",
    ),
    Case(
        "an analogy that answers itself",
        config({"analogies": ["sky + grass = sky"]}),
        "relations",
        "`analogies`: `sky + grass = sky`: the answer `sky` is one of the terms",
    ),
]
