"""A data set in the layout of Broden's own archive, small, every number of it known."""

import csv
from pathlib import Path

import numpy as np
from PIL import Image

CATEGORIES = ["color", "object", "part", "material", "scene", "texture"]
INDEX = ["image", "split", "ih", "iw", "sh", "sw", *CATEGORIES]
LABEL = ["number", "name", "category", "frequency", "coverage", "syns"]
SKY, GRASS, CAT, WHEEL, STREET, DOTS, RED = 1, 255, 256, 300, 7, 1197, 12
LABELS = [
    (SKY, "sky", "object(40)", 40, 1.5, "heaven;firmament"),
    (RED, "red-c", "color(289)", 289, 9.140027, ""),
    (STREET, "street, narrow-s", "scene(3)", 3, 3.0, ""),
    (GRASS, "grass", "material(4);object(3)", 7, 0.2, "lawn"),
    (CAT, 'the "cat"', "object(3);part(8)", 11, 0.1, ""),
    (WHEEL, "NA", "part(5)", 5, 0.1, ""),
    (DOTS, "dots", "texture(2)", 2, 2.0, ""),
]


class Archive:
    """Planes are [y, x] label numbers by image and category, several a category; image labels are numbers."""

    def __init__(self, folder, image_side=224, mask_side=112, labels=LABELS, images=8):
        self.folder = Path(folder)
        self.image_side, self.mask_side = image_side, mask_side
        self.rng = np.random.default_rng(0)
        self.rows, self.planes, self.image_labels, self.labels = [], [], [], list(labels)
        (self.folder / "images" / "set").mkdir(parents=True)
        self._add("train", {"object": [{SKY: 0.5, CAT: 0.2}], "color": [{RED: 0.4}]}, {"scene": [STREET]})
        self._add("val", {"part": [{CAT: 0.1, WHEEL: 0.3}, {WHEEL: 0.6, CAT: 0.1}], "material": [{GRASS: 0.7}]}, {})
        self._add("train", {}, {"scene": [STREET], "texture": [DOTS, GRASS]})
        self._add("val", {}, {})
        for number in range(4, images):
            self._add("train" if number % 2 else "val", {"object": [{SKY: 0.3, GRASS: 0.3}]}, {"scene": [STREET]})
        self.write()

    def _add(self, split, shares, numbers):
        name = f"set/{len(self.rows):04d}"
        pixels = self.rng.integers(0, 256, (self.image_side, self.image_side, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(self.folder / "images" / f"{name}.jpg")
        planes = {category: [self._plane(plane) for plane in listed] for category, listed in shares.items()}
        cells = {category: [str(number) for number in listed] for category, listed in numbers.items()}
        for category, listed in planes.items():
            cells[category] = [f"{name}_{category}_{index + 1}.png" for index in range(len(listed))]
            for file, plane in zip(cells[category], listed, strict=True):
                self.write_mask(file, plane)
        side = self.image_side, self.image_side, self.mask_side, self.mask_side
        row = dict(zip(INDEX, [f"{name}.jpg", split, *side], strict=False))
        self.rows.append(row | {category: ";".join(cells.get(category, [])) for category in CATEGORIES})
        self.planes.append([plane for category in CATEGORIES for plane in planes.get(category, [])])
        self.image_labels.append(sorted({number for listed in numbers.values() for number in listed}))

    def _plane(self, shares):
        numbers = [0, *shares]
        chances = [1 - sum(shares.values()), *shares.values()]
        return self.rng.choice(numbers, (self.mask_side, self.mask_side), p=chances)

    def write_mask(self, file, plane, mode="RGB"):
        channels = np.stack([plane % 256, plane // 256, np.full_like(plane, 9)], -1).astype(np.uint8)
        Image.fromarray(channels).convert(mode).save(self.folder / "images" / file)

    def write(self, encoding="utf-8"):
        self.write_table("index.csv", INDEX, [[row[column] for column in INDEX] for row in self.rows], encoding)
        self.write_table("label.csv", LABEL, self.labels, encoding)
        used = [(name, 1, 9, 3, 100) for name in CATEGORIES]
        self.write_table("category.csv", ["name", "first", "last", "count", "frequency"], used, encoding)
        for name in CATEGORIES:
            self.write_table(f"c_{name}.csv", ["code", "number", "name", "frequency", "coverage"], [], encoding)

    def write_table(self, name, columns, rows, encoding="utf-8"):
        with (self.folder / name).open("w", newline="", encoding=encoding) as file:
            csv.writer(file).writerows([columns, *rows])
