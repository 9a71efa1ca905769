from net2vec_core.cli.options import ConfigFile, DatasetFolder, Output
from net2vec_core.cli.reading import read_images, read_occurrences
from net2vec_core.concepts import concept_table, require_masks
from net2vec_core.config import load
from net2vec_core.dependencies import made_from
from net2vec_core.labels import read_vocabulary
from net2vec_core.storage import write_table

ALMOST_EXACT = "%.12g"  # 1 − α is small for small concepts, and weighs most pixels


def concepts(config: ConfigFile, dataset: DatasetFolder, output: Output) -> None:
    """Choose the concepts that are studied and describe them."""
    configuration = load(config)
    vocabulary = read_vocabulary(dataset / "labels.zarr", made_from(configuration, "dataset"))
    images, occurrences = read_images(dataset), read_occurrences(dataset)
    pixels = configuration.dataset.mask_size**2
    table = concept_table(vocabulary, images, occurrences, pixels, configuration.concepts)
    if configuration.segments:
        require_masks(table, configuration.segmentation.image_level)
    write_table(table, output, ALMOST_EXACT)
