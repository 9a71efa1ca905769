import csv
import json
import math
import os
import re
import sys
from dataclasses import replace
from pathlib import Path

from net2vec_core.config import FINGERPRINT, dump, parse_config
from net2vec_core.dependencies import made_from
from net2vec_core.settings import kind_of, source_of
from net2vec_core.dataset.readers import READERS, sources
from net2vec_core.errors import UserError
from net2vec_core.estimates import in_words, memory_mb, minutes
from net2vec_core.locks import lock_run
from net2vec_core.provenance import code_digest
from net2vec_core.report.tables import OF_LAYER, OF_RUN
from net2vec_core.sizes import sizes_of
from net2vec_core.storage import write_bytes
from net2vec_core.wordnet import FILES as WORDNET_FILES
from net2vec_core.yaml_file import read_yaml


def stop(message):
    """End with one message; an exception would add where in the rules it was raised."""
    print(f"error: {message}", file=sys.stderr)
    sys.exit(1)


def checked(values):
    try:
        for path in workflow.configfiles:
            read_yaml(Path(path))  # finds what Snakemake, which has read them already, lets pass
        return parse_config(values, " and ".join(map(str, workflow.configfiles)) or "the configuration")
    except UserError as error:
        stop(error)


def require(path, key):
    if not os.path.exists(path):
        stop(f"`{key}`: there is no {path}")


CONFIG = checked(config)
RUN = f"results/{CONFIG.run}"
DATASET = f"{RUN}/dataset"
LAYERS = [(name, layer) for name, network in CONFIG.networks.items() for layer in network.layers]
CONFIG_FILE = f"{RUN}/config.yaml"
PASSES_FILE = f"{RUN}/{{network}}/passes.json"
FIGURES = f"{RUN}/figures"
FIGURES_OF_LAYER = ["single_vs_multi", "gain", "subsets", "concepts_per_filter", "cosine_similarity", "map", "examples"]
FIGURES_OF_RUN = ["iou_by_category", "layer_pairs", "overlap_by_layer", "filters_needed"]
LOCKS = []
WITHOUT_MASKS = "class folders hold no masks: concepts are classified, not segmented (see `segmentation.image_level`)"
ENVIRONMENT = "../envs/net2vec.yaml"
# A cluster gives a GPU to a job that asks: with `cuda`, and with `auto` where `--resources gpu=N` says that there are some.
DEVICE_TYPE = CONFIG.compute.device.partition(":")[0]
GPU = int(DEVICE_TYPE == "cuda" or (DEVICE_TYPE == "auto" and "gpu" in workflow.global_resources))
GPU_RECIPES = {"paper"}  # the others are fitted on the CPU
# Threads are capped by --cores; a job that scales well takes what there is.
ALL_CORES = 16
MOST_THREADS = min(ALL_CORES, workflow.resource_settings.cores or ALL_CORES)


def share_of_cores(jobs, on_cluster):
    """Threads of each of `jobs` that may run side by side: its share, so that all cores are busy from end to end.

    A cluster gives each the number that is asked for.
    """

    def threads(_wildcards):
        cores = workflow.resource_settings.cores
        side_by_side = workflow.is_main_process and workflow.local_exec and cores is not None
        return max(1, min(ALL_CORES, math.ceil(cores / jobs))) if side_by_side else on_cluster

    return threads


FITS = len(LAYERS) * len(CONFIG.segmentation.recipes) * len(CONFIG.segmentation.seeds)
CORES_OF_LAYER = share_of_cores(len(LAYERS), on_cluster=8)
CORES_OF_FIT = share_of_cores(FITS, on_cluster=4)


def sizes(wildcards):
    """What a job's needs grow with: the layers that it works on, and all that is known of the data by now."""
    network, layer = wildcards.get("network"), wildcards.get("layer")
    layers = [layer] if layer else CONFIG.networks[network].layers if network else []
    return replace(sizes_of(CONFIG, Path(RUN), network, layers), gpu=bool(GPU))


def gpu_for(recipes):
    """The GPUs of a job that fits by these recipes."""
    return GPU if GPU_RECIPES & {*recipes} else 0


def memory_of(stage):
    """Memory of a job, MB; one that has failed asks for more."""
    return lambda wildcards, threads, attempt: attempt * memory_mb(stage, sizes(wildcards), threads)


def minutes_of(stage):
    """How long a job may take; one that has failed may take longer."""
    return lambda wildcards, threads, attempt: attempt * minutes(stage, sizes(wildcards), threads)


wildcard_constraints:
    network="|".join(map(re.escape, CONFIG.networks)),
    layer="|".join(sorted({re.escape(layer) for _, layer in LAYERS})),
    recipe=r"\w+",
    seed=r"\d+",
    batch=r"\d+",
    shard=r"\d+",
    forward_pass=r"(\.pass\d+)?",


def made_by(command, *modules):
    """What a job's result depends on beside its input: its part of the configuration, and its code.

    That is the command's, and the modules' that it imports by name. Snakemake redoes a job when this changes.
    """

    def params(wildcards):
        name = command.replace("-", "_")
        settings = made_from(CONFIG, name, wildcards.get("network"))
        return {"settings": settings, "code": code_digest(f"cli.{name}", *modules)}

    return params


def passes(network):
    """The layers of each forward pass of a network, as {pass: layers}.

    One pass reads several layers. A layer keeps the pass that has read it, so that asking for one more does not redo the
    others; with other settings of the network, or a pass that never came to its end, they start anew.
    """
    known = {name: layers for name, layers in recorded_passes(network).items() if is_probed(network, name)}
    seen = {layer for layers in known.values() for layer in layers}
    new = [layer for layer in CONFIG.networks[network].layers if layer not in seen]
    names = ["", *(f".pass{number}" for number in range(1, len(known) + 1))]
    name = next(name for name in names if name not in known)
    return known | ({name: new} if new else {})


def recorded_passes(network):
    file = Path(PASSES_FILE.format(network=network))
    record = json.loads(file.read_text()) if file.exists() else {}
    return record.get("passes", {}) if record.get("settings") == made_from(CONFIG, "probe", network) else {}


def is_probed(network, name):
    return Path(f"{RUN}/{network}/activations/0{name}.zarr").exists()


def layers_of_pass(wildcards):
    return " ".join(f"--layer {layer}" for layer in PASSES[wildcards.network][wildcards.forward_pass])


def keep_others_out():
    """No second `snakemake` on this run as long as this process lives."""
    try:
        LOCKS.append(lock_run(Path(RUN)))
    except UserError as error:
        stop(error)


def write_what_jobs_read():
    """The configuration as jobs read it, and which pass reads which layer."""
    write_bytes(Path(CONFIG_FILE), dump(CONFIG).encode())
    for network in CONFIG.networks:
        record = {"settings": made_from(CONFIG, "probe", network), "passes": PASSES[network]}
        write_bytes(Path(PASSES_FILE.format(network=network)), json.dumps(record).encode())


def table_of_layer(name, category, caption=None):
    """A table of each layer, shown in Snakemake's report."""
    return report(
        f"{RUN}/{{network}}/{{layer}}/{name}.csv",
        category=category,
        labels={"table": name.replace("_", " "), "network": "{network}", "layer": "{layer}"},
        caption=f"captions/{caption or name}.rst",
    )


def repeated(option, name):
    """An option of the command line once for each input of this name."""
    return lambda wildcards, input: " ".join(f"{option} {path}" for path in input.get(name, []))


def folder_of(name):
    """The folder in which the input of this name lies."""
    return lambda wildcards, input: os.path.dirname(input[name])


def number_of_rows(path):
    with open(path, newline="", encoding="utf-8") as table:
        return sum(1 for _ in csv.reader(table)) - 1


def activation_shards(wildcards):
    images = number_of_rows(checkpoints.dataset.get().output.images)
    shards = math.ceil(images / CONFIG.compute.images_per_shard)
    passes_of_layer = [name for name, layers in PASSES[wildcards.network].items() if wildcards.layer in layers]
    return [f"{RUN}/{wildcards.network}/activations/{shard}{passes_of_layer[0]}.zarr" for shard in range(shards)]


def batches():
    """How many jobs the segmented concepts of a layer are dealt to."""
    with open(checkpoints.concepts.get().output.table, newline="", encoding="utf-8") as table:
        pixel_level = [row["pixel_level"] == "True" for row in csv.DictReader(table)]
    concepts = len(pixel_level) if CONFIG.segmentation.image_level else sum(pixel_level)
    return range(math.ceil(concepts / CONFIG.compute.concepts_per_job))


def fitted_batches(wildcards):
    return [
        f"{RUN}/{wildcards.network}/{wildcards.layer}/segmentation/{recipe}/{seed}/{batch}.zarr"
        for recipe in CONFIG.segmentation.recipes
        for seed in CONFIG.segmentation.seeds
        for batch in batches()
    ]


def first_fit(wildcards):
    """The embeddings of a batch by the first recipe and seed."""
    folder = f"{RUN}/{wildcards.network}/{wildcards.layer}/segmentation"
    return f"{folder}/{CONFIG.segmentation.recipes[0]}/{CONFIG.segmentation.seeds[0]}/{wildcards.batch}.zarr"


def first_classification(wildcards):
    """The classification fits by the first seed."""
    folder = f"{RUN}/{wildcards.network}/{wildcards.layer}/classification"
    return f"{folder}/{CONFIG.classification.recipe}/{CONFIG.classification.seeds[0]}.zarr"


def first_fits(wildcards):
    """The embeddings of all batches by the first recipe and seed."""
    folder = f"{RUN}/{wildcards.network}/{wildcards.layer}/segmentation"
    return [
        f"{folder}/{CONFIG.segmentation.recipes[0]}/{CONFIG.segmentation.seeds[0]}/{batch}.zarr" for batch in batches()
    ]


def control_results(wildcards):
    """Fits and counts of the same layer of the network's control, where it has both."""
    control = CONFIG.networks[wildcards.network].control
    if (control, wildcards.layer) not in LAYERS:
        return {}
    folder, seed = f"{RUN}/{control}/{wildcards.layer}", CONFIG.segmentation.seeds[0]
    recipes = CONFIG.segmentation.recipes
    fits = [f"{folder}/segmentation/{recipe}/{seed}/{batch}.zarr" for recipe in recipes for batch in batches()]
    return {"control": fits, "control_single_filter": [f"{folder}/single_filter.zarr"]}


def batches_of(stage):
    """The stores of a stage that deals a layer's concepts to jobs."""
    return lambda wildcards: [f"{RUN}/{wildcards.network}/{wildcards.layer}/{stage}/{n}.zarr" for n in batches()]


def dataset_files(_wildcards=None):
    """The data set's own tables and folders: results are made anew when they change."""
    try:
        return [str(path) for path in sources(CONFIG.located_dataset)]
    except UserError as error:
        stop(error)


def network_files(wildcards):
    """The files of a network: its weights, its program, the module of its callable in the working directory."""
    network = CONFIG.networks[wildcards.network]
    code = network.model.partition(":")[0].replace(".", os.sep) if kind_of(network.model) == "callable" else None
    modules = [file for file in (f"{code}.py", f"{code}/__init__.py") if code and os.path.exists(file)]
    return [*named_files(network).values(), *modules]


def named_files(network):
    """The files that a network's keys name, by key."""
    files = {}
    if source_of(network.weights) == "file":
        files["weights"] = network.weights
    if kind_of(network.model) in ("exported", "torchscript"):
        files["model"] = network.model
    return files


def require_sources():
    if not CONFIG.dataset.fetched:
        for path in dataset_files():
            require(path, "dataset.path")
    for name, network in CONFIG.networks.items():
        for key, path in named_files(network).items():
            require(path, f"networks.{name}.{key}")
    for path in word_vectors_files():
        require(path, "word_vectors")
    for path in wordnet_files():
        require(path, "wordnet")


def require_results():
    """Snakemake itself would end in a traceback."""
    for folder in (Path("results"), Path(RUN)):
        if folder.exists() and not folder.is_dir():
            stop(f"{folder}: a file lies where the folder of results is needed")
        if folder.is_dir() and not os.access(folder, os.W_OK | os.X_OK):
            stop(f"{folder}: get the right to write there, or work in another folder")


def word_vectors_files(_wildcards=None):
    """The file of word vectors, and the one that gensim writes beside it where there are many."""
    words = CONFIG.word_vectors
    beside = f"{words}.vectors.npy"
    return [] if words is None else [str(words), *([beside] if os.path.exists(beside) else [])]


def wordnet_files(_wildcards=None):
    return [] if CONFIG.wordnet is None else [f"{CONFIG.wordnet}/{name}" for name in WORDNET_FILES]


def results_of_layers():
    of_classification = ["classification.csv", "subsets.csv"]
    of_segmentation = [
        "segmentation.csv",
        "fair_single_filter.csv",
        "significance.csv",
        "gains.csv",
        "evaluation.csv",
        "filter_overlap.csv",
        "shared_filters.csv",
        "units.csv",
        "detectors.csv",
        "cosine_similarity.csv",
        "neighbours.csv",
        "analogies.csv",
        "map.csv",
        "relations.csv",
        "relation_summary.csv",
        "task_agreement.csv",
        "failures.csv",
        "gain_trends.csv",
        "concept_deciles.csv",
        "filter_deciles.csv",
    ]
    checked_networks = [f"{RUN}/{network}/layers.csv" for network in CONFIG.networks]
    names = [*of_classification, *(of_segmentation if CONFIG.segments else [])]
    of_layers = [f"{RUN}/{network}/{layer}/{name}" for network, layer in LAYERS for name in names]
    of_run = [f"{RUN}/comparison/{name}.csv" for name in ("layer_pairs", "filters_needed") if CONFIG.segments]
    return [*checked_networks, *of_layers, *of_run]


def shown():
    """The figures and the page."""
    return [*figures(), rules.report.output] if CONFIG.segments else []


def figures():
    layers = [f"{network}/{layer}/{name}" for network, layer in LAYERS for name in FIGURES_OF_LAYER]
    sheets = [f"{FIGURES}/{network}/{layer}/{name}" for network, layer in LAYERS for name in ("concepts", "filters")]
    drawn = [f"{FIGURES}/{name}.{suffix}" for name in [*FIGURES_OF_RUN, *layers] for suffix in ("png", "svg")]
    return [*drawn, *sheets]


def what_will_be_done():
    networks = [
        f"  {name}: {network.model} ({network.weights}), layers {', '.join(network.layers)}"
        for name, network in CONFIG.networks.items()
    ]
    folder = CONFIG.dataset_folder
    alone = [] if CONFIG.segments else [f"  {WITHOUT_MASKS}"]
    data = CONFIG.dataset.reader if folder is None else f"{CONFIG.dataset.reader} in {folder}"
    return "\n".join(
        [f"Run `{CONFIG.run}` on the data set {data}; results go to {RUN}/", *networks, *alone, what_will_be_needed()]
    )


def what_will_be_needed():
    """Room on the disk and the memory of the largest job, once every network's layers are known."""
    unknown = [network for network in CONFIG.networks if not os.path.exists(f"{RUN}/{network}/layers.csv")]
    if unknown:
        return "  what it needs of disk and memory is said in a moment, once the networks' layers are known"
    needs = in_words(CONFIG, Path(RUN), CONFIG.networks, MOST_THREADS)
    return f"  needs {needs}"


def why_it_stopped(logs_of_snakemake):
    logs = sorted(Path(RUN, "logs").rglob("*.log"))
    errors = [line for log in logs for line in log.read_text().splitlines() if " error: " in line]
    if any("<Signals.SIGKILL" in Path(file).read_text(errors="replace") for file in logs_of_snakemake):
        errors.append("a job was killed, as a system does that has no memory left: see `compute` for smaller sizes")
    return "\n".join([*errors, f"It stopped; {RUN}/logs tells more. Finished work is kept: run it again to carry on."])


def where_to_look():
    network, settings = next(iter(CONFIG.networks.items()))
    layer = settings.layers[-1]
    if not CONFIG.segments:
        where = f"Done. Open {RUN}/{network}/{layer}/classification.csv and the like, explained in docs/tables.md"
        return f"{where};\n{WITHOUT_MASKS}."
    return "\n".join(
        [
            f"Done. Open {RUN}/report/index.html in a browser: the whole run in one page;",
            f"figures lie in {RUN}/figures/, such as {network}/{layer}/examples.png;",
            f"the numbers are in {RUN}/{{network}}/{{layer}}/*.csv, explained in docs/tables.md;",
            f"`python -m net2vec_core summary --run {CONFIG.run}` prints them in short.",
        ]
    )


PASSES = {network: passes(network) for network in CONFIG.networks}

require_results()
require_sources()
