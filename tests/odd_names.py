"""A folder of images and masks whose concepts and images have names of every kind."""

import numpy as np

from scenes import save, write_csv

NAMES = (
    'sky, "blue"; high',
    "<script>alert(1)</script>",
    "../cat/dog\\cat",
    "=1+2 + 木 - колесо",
    "NA",
    "$x_1$ {0} %s 'a' & b",
    "شجرة",
    "猫🐈",
    "Tree",
    "tree",
    "a/b",
    "a_b",
    ".hidden",
    "-rf",
    "a name as long as a sentence, " * 6 + "and still going on",
    "über ärger",
)
SIDE = 64


def write(folder, images=36):
    """Each image shows a stripe of every concept in a colour of its own, shuffled; 16 on an image."""
    rng = np.random.default_rng(0)
    colors = rng.integers(0, 256, (len(NAMES), 3))
    for image in range(images):
        order = rng.permutation(len(NAMES))
        labels = np.repeat(order, SIDE // len(NAMES))[:, None].repeat(SIDE, 1)
        pixels = np.clip(colors[labels] + rng.integers(-20, 20, (SIDE, SIDE, 3)), 0, 255).astype(np.uint8)
        name = f"{image} ünï, 'x' & 猫#%"
        save(folder / "images" / f"{name}.png", pixels)
        save(folder / "masks" / f"{name}.png", (labels + 1).astype(np.uint8))
    categories = ("object", "<b>part</b>", "物, 'x'")
    rows = [(number, name, categories[number % 3]) for number, name in enumerate(NAMES, start=1)]
    write_csv(folder / "labels.csv", ("number", "name", "category"), *rows)
