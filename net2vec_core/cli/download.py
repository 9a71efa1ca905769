from net2vec_core.cli.options import ConfigFile
from net2vec_core.config import load
from net2vec_core.dataset.archive import unpack
from net2vec_core.dataset.broden import TABLES
from net2vec_core.dataset.download import fetch
from net2vec_core.errors import UserError
from net2vec_core.locks import wait_and_lock


def download(config: ConfigFile) -> None:
    """Fetch the data set's archive into the cache and unpack it there, unless another run has done so by now."""
    configuration = load(config)
    folder = configuration.dataset_folder
    if folder is None or not configuration.dataset.fetched:
        raise UserError(f"{config}: nothing to fetch; that takes reader `broden` and `dataset.broden.download: true`")
    settings = configuration.dataset.broden
    archive = folder.with_name(f"{folder.name}.zip")
    reason = f"{folder.parent}: another run fetches the same data; waiting until it is done"
    with wait_and_lock(folder.with_name(f".{folder.name}.lock"), reason):
        if not all((folder / name).exists() for name in TABLES):
            fetch(f"{settings.url.rstrip('/')}/{archive.name}", archive, settings.sha256)
            unpack(archive, folder, TABLES)
        archive.unlink(missing_ok=True)
