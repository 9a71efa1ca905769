from net2vec_core.cli.opening import open_dataset
from net2vec_core.cli.options import ConfigFile, DatasetFolder, Output, Threads
from net2vec_core.config import load
from net2vec_core.cooccurrence import cooccurrence_table, count_common
from net2vec_core.storage import write_table


def cooccurrence(config: ConfigFile, dataset: DatasetFolder, output: Output, threads: Threads = 1) -> None:
    """Find out which concepts lie within which others."""
    data = open_dataset(dataset, load(config))
    write_table(cooccurrence_table(data.concepts["name"].tolist(), count_common(data.labels, threads)), output)
