from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from net2vec_core.analogies import analogies_table
from net2vec_core.classification_store import read_classification
from net2vec_core.cli.opening_embeddings import open_weights
from net2vec_core.cli.options import ConfigFile, EmbeddingStore, NetworkName
from net2vec_core.cli.reading import read_concepts
from net2vec_core.concept_map import concept_map
from net2vec_core.config import load, made_from
from net2vec_core.embedding import cosine_similarity, neighbours
from net2vec_core.relations import find_relations, relation_summary, relations_table, share_matrix
from net2vec_core.storage import read_table, write_table
from net2vec_core.task_agreement import task_agreement


def similarity(
    config: ConfigFile,
    network: NetworkName,
    embeddings: EmbeddingStore,
    concepts: Annotated[Path, typer.Option(help="Table of the studied concepts.")],
    cooccurrence: Annotated[Path, typer.Option(help="Table of the pixels that concepts have in common.")],
    classification: Annotated[Path, typer.Option(help="Store of classification fits.")],
    cosine_csv: Annotated[Path, typer.Option(help="Table to write.")],
    neighbours_csv: Annotated[Path, typer.Option(help="Table to write.")],
    analogies_csv: Annotated[Path, typer.Option(help="Table to write.")],
    map_csv: Annotated[Path, typer.Option(help="Table to write.")],
    relations_csv: Annotated[Path, typer.Option(help="Table to write.")],
    relation_summary_csv: Annotated[Path, typer.Option(help="Table to write.")],
    task_agreement_csv: Annotated[Path, typer.Option(help="Table to write.")],
) -> None:
    """Compare a layer's embeddings: with each other, and those that segment with those that classify."""
    configuration = load(config)
    weights = open_weights(embeddings, configuration, network)
    analogies = analogies_table(configuration.analogies, weights)  # before anything is written: they may be mistaken
    cosines = cosine_similarity(weights)
    write_table(cosines, cosine_csv, index=True)
    write_table(neighbours(cosines), neighbours_csv)
    write_table(analogies, analogies_csv)
    categories = read_concepts(concepts).set_index("name")["category"]
    write_table(concept_map(cosines, categories), map_csv)
    share = share_matrix(read_table(cooccurrence, dtype={"concept": str, "other": str}), cosines.index)
    related = find_relations(categories[cosines.index], share)
    write_table(relations_table(related, cosines, share), relations_csv)
    write_table(relation_summary(related, categories[cosines.index], cosines, share), relation_summary_csv)
    fits = read_classification(classification, made_from(configuration, "classification", network))
    classifying = pd.DataFrame(fits.weights, index=categories.index)
    write_table(task_agreement(weights, classifying, categories, configuration.overlap.top_filters), task_agreement_csv)
