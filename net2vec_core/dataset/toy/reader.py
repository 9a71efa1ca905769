"""The toy probe set as records: each scene is drawn, written as PNG and described."""

from pathlib import Path

from PIL import Image

from net2vec_core.dataset.records import Record
from net2vec_core.dataset.toy import CONCEPTS, draw
from net2vec_core.settings import DatasetSettings


class ToyReader:
    """Scenes drawn from a seed; reading image i writes it into `folder`."""

    concepts = CONCEPTS

    def __init__(self, settings: DatasetSettings, folder: Path) -> None:
        self.settings = settings
        self.images = [folder / f"{image:06d}.png" for image in range(settings.toy.images)]

    def read(self, image: int) -> Record:
        """Draw the scene with this index."""
        size = self.settings.drawn_size
        drawing = draw(image, seed=self.settings.toy.seed, image_size=size, mask_size=self.settings.mask_size)
        Image.fromarray(drawing.image).save(self.images[image], compress_level=1)
        return Record(self.images[image], drawing.split, size, size, drawing.masks, drawing.image_labels)


def open_reader(settings: DatasetSettings, folder: Path) -> ToyReader:
    """The toy probe set; its images are drawn into `folder`."""
    return ToyReader(settings, folder)


def sources(_settings: DatasetSettings) -> list[Path]:
    """None: the settings say all."""
    return []
