"""The toy probe set as records: each scene is drawn, written as PNG and described."""

from pathlib import Path

from PIL import Image

from net2vec_core.config import DatasetSettings
from net2vec_core.dataset.records import Record
from net2vec_core.dataset.toy import CONCEPTS, PLANES, draw


class ToyReader:
    """Scenes drawn from a seed; reading image i writes `{folder}/{i}.png`."""

    concepts = CONCEPTS
    planes = len(PLANES)

    def __init__(self, settings: DatasetSettings, folder: Path) -> None:
        self.settings = settings
        self.folder = folder

    def __len__(self) -> int:
        return self.settings.toy.images

    def read(self, image: int) -> Record:
        """Draw the scene with this index."""
        size = self.settings.drawn_size
        drawing = draw(image, seed=self.settings.toy.seed, image_size=size, mask_size=self.settings.mask_size)
        path = self.folder / f"{image:06d}.png"
        Image.fromarray(drawing.image).save(path, compress_level=1)
        return Record(path, drawing.split, size, size, drawing.masks, drawing.image_labels)


def open_reader(settings: DatasetSettings, folder: Path) -> ToyReader:
    """The toy probe set; its images are drawn into `folder`."""
    return ToyReader(settings, folder)
