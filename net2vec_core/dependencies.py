"""Which stage depends on which part of the configuration."""

from typing import Any

from net2vec_core.config import Config

_DATASET = ("dataset",)
_ACTIVATIONS = (*_DATASET, "network", "compute.activation_dtype")
_MASKS = (*_ACTIVATIONS, "threshold")
_SCORES = (*_MASKS, "concepts", "upsampling", "segmentation.image_level")
_PENALTIES = ("segmentation.l1", "segmentation.l2", "segmentation.non_negative")
_FIRST_FIT = ("segmentation.recipes.0", "segmentation.seeds.0")
_FITS = (*_SCORES, *_PENALTIES, "segmentation.recipes", "segmentation.seeds")
_CLASSES = (*_ACTIVATIONS, "concepts")
# Where an archive comes from, and a check of it, do not change what is in it.
_WITHOUT_EFFECT = {"dataset": {"broden": {"url", "sha256"}}}
# The stages that take a fingerprint.
_FINGERPRINTED = {"dataset", "network", "weights"}
STAGE_KEYS: dict[str, tuple[str, ...]] = {
    "dataset": _DATASET,
    "concepts": (*_DATASET, "concepts", "segmentation.image_level"),
    "weights": ("network",),
    "network": ("dataset.image_size", "network"),
    "probe": (*_ACTIVATIONS, "compute.images_per_shard"),
    "filter_masks": _MASKS,
    "single_filter": (*_MASKS, "concepts", "upsampling"),
    "fair_single_filter": (*_ACTIVATIONS, "concepts", "upsampling", "single_filter"),
    "rotated": (*_MASKS, "concepts", "upsampling", "chance.rotation"),
    "segmentation": (*_SCORES, *_PENALTIES, "compute.concepts_per_job"),
    "segmentation_subsets": (
        *_SCORES,
        *_PENALTIES,
        *_FIRST_FIT,
        "segmentation.subsets",
        "compute.concepts_per_job",
    ),
    "segmentation_controls": (
        *_SCORES,
        *_PENALTIES,
        "segmentation.recipes",
        "segmentation.seeds.0",
        "chance.permutation_seed",
        "chance.rotation",
        "compute.concepts_per_job",
    ),
    "pool": _ACTIVATIONS,
    "classification": (*_CLASSES, "classification.recipe", "classification.subsets"),
    "classification_table": (*_CLASSES, "classification"),
    "subsets": (*_SCORES, *_PENALTIES, *_FIRST_FIT, "segmentation.subsets", "classification"),
    "significance": (
        *_SCORES,
        *_PENALTIES,
        "segmentation.recipes",
        "segmentation.seeds.0",
        "segmentation.subsets",
        "single_filter",
        "chance",
    ),
    "tables": _FITS,
    "evaluation": _FITS,
    "cooccurrence": (*_DATASET, "concepts", "segmentation.image_level"),
    "relations": (*_FITS, "analogies", "overlap", "classification.recipe", "classification.seeds.0"),
    "inspection": (*_FITS, "chance.false_discovery_rate"),
    "figure_layer": (*_FITS, "overlap"),
    "comparison": ("networks", "segmentation.recipes", "segmentation.seeds", "word_vectors", "wordnet"),
    "report": (
        "run",
        *_FITS,
        "networks",
        "classification",
        "single_filter",
        "chance",
        "overlap",
        "analogies",
    ),
    "figure_run": ("networks", "segmentation.recipes", "segmentation.seeds", "overlap"),
}


def made_from(config: Config, stage: str, network: str | None = None) -> dict[str, Any]:
    """The part of the configuration on which results of `stage` depend, by dotted key, and what data they are of.

    Stores carry it and are refused where it differs; the workflow redoes a stage when it changes. A network's list of
    layers is not part of it: each layer's results depend on that layer alone.
    """
    values = config.model_dump(mode="json", exclude=_WITHOUT_EFFECT)
    if network is not None:
        values["network"] = config.network(network).model_dump(mode="json", exclude={"layers", "control"})
    settings = {key: _at(values, key) for key in STAGE_KEYS[stage] if network is not None or key != "network"}
    return settings | ({} if stage in _FINGERPRINTED else _fingerprints(config, settings, network))


def _fingerprints(config: Config, settings: dict[str, Any], network: str | None) -> dict[str, str]:
    known = {"dataset": config._fingerprints.get("dataset"), "network": config._fingerprints.get(network or "")}
    return {f"{key}.fingerprint": value for key, value in known.items() if key in settings and value is not None}


def _at(values: dict[str, Any], key: str) -> Any:
    for part in key.split("."):
        values = values[int(part)] if isinstance(values, list) else values[part]
    return values
