"""Small scenes, and data sets of every format that hold them, written as their owners write them."""

import csv
import json
from dataclasses import dataclass

import numpy as np
from PIL import Image
from pycocotools import mask as coco_mask
from scipy.io import savemat

from net2vec_core.dataset.images import resample_labels
from net2vec_core.dataset.voc import CLASSES

OBJECTS = ("cat", "dog", "person")
PARTS = ("cat head", "dog head", "dog tail", "person arm")
NAMES = (*OBJECTS, *PARTS)
SPLIT_NAMES = {"train": "train2017", "val": "val2017"}


@dataclass
class Scene:
    """An image uint8 [y, x, 3] with two label maps [y, x]: places in NAMES from 1, 0 = none; `label` is its class."""

    name: str
    split: str
    pixels: np.ndarray
    objects: np.ndarray
    parts: np.ndarray
    label: str

    def masks(self, parts=True):
        """Every concept with its mask, bool [y, x]."""
        maps = [self.objects, self.parts] if parts else [self.objects]
        return {NAMES[n - 1]: of == n for of in maps for n in np.unique(of) if n}


def random_scenes(seed, count=7):
    rng = np.random.default_rng(seed)
    scenes = []
    for number in range(count):
        height, width = rng.integers(17, 40, 2)
        maps = {"objects": range(1, 4), "parts": range(4, 8)}
        planes = {}
        for plane, numbers in maps.items():
            planes[plane] = np.zeros((height, width), np.uint16)
            for _ in range(rng.integers(0, 4)):
                top, left = rng.integers(0, height - 3), rng.integers(0, width - 3)
                box = slice(top, top + rng.integers(2, 14)), slice(left, left + rng.integers(2, 14))
                planes[plane][box] = rng.choice(list(numbers))
        pixels = rng.integers(0, 256, (height, width, 3), np.uint8)
        split = "val" if number % 3 == 2 else "train"
        scenes.append(Scene(f"scene{number}", split, pixels, **planes, label=OBJECTS[number % 2]))
    return scenes


def expected(scenes, size, fit, parts=True):
    """What a label store holds of scenes: by image its split and size, and the mask of each concept that it shows."""
    found = {}
    for scene in scenes:
        masks = {name: resample_labels(mask, size, fit) for name, mask in scene.masks(parts).items()}
        shown = {name: mask for name, mask in masks.items() if mask.any()}
        found[scene.name] = (scene.split, *scene.objects.shape, shown)
    return found


def save(path, pixels, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    image.save(path, **options)


def write_csv(path, *rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def category(name):
    return "object" if name in OBJECTS else "part"


def write_folder(folder, scenes):
    for scene in scenes:
        save(folder / "images" / f"{scene.name}.png", scene.pixels)
        save(folder / "masks/objects" / f"{scene.name}.png", scene.objects.astype(np.uint8))
        save(folder / "masks/parts" / f"{scene.name}.png", scene.parts)
    labels = [(number, name, category(name)) for number, name in enumerate(NAMES, start=1)]
    write_csv(folder / "labels.csv", ("number", "name", "category"), *labels)
    write_csv(folder / "split.csv", ("image", "split"), *[(scene.name, scene.split) for scene in scenes])
    return {"reader": "folder"}


def write_broden(folder, scenes):
    rows = []
    for scene in scenes:
        height, width = scene.objects.shape
        save(folder / "images" / f"{scene.name}.png", scene.pixels)
        names = [f"{scene.name}_{kind}.png" for kind in ("object", "part")]
        for name, plane in zip(names, (scene.objects, scene.parts), strict=True):
            colors = np.stack([plane % 256, plane // 256, plane * 0], -1).astype(np.uint8)
            save(folder / "images" / name, colors)
        rows.append((f"{scene.name}.png", scene.split, height, width, height, width, *names))
    write_csv(folder / "index.csv", ("image", "split", "ih", "iw", "sh", "sw", "object", "part"), *rows)
    labels = [(number, name, category(name)) for number, name in enumerate(NAMES, start=1)]
    write_csv(folder / "label.csv", ("number", "name", "category"), *labels)
    write_csv(folder / "category.csv", ("name",), ("object",), ("part",))
    return {"reader": "broden"}


def write_coco(folder, scenes, kind):
    kinds = {"isthing": 1} if kind == "panoptic" else {}
    categories = [{"id": 10 * n, "name": name, "supercategory": "x"} | kinds for n, name in enumerate(OBJECTS)]
    for split, name in SPLIT_NAMES.items():
        images, annotations = [], []
        for number, scene in enumerate(scenes):
            if scene.split == split:
                height, width = scene.objects.shape
                save(folder / name / f"{scene.name}.png", scene.pixels)
                file = {"file_name": f"{scene.name}.png", "height": height, "width": width}
                images.append({"id": 1000 + number} | file)
                masks = folder / "annotations" / f"{kind}_{name}"
                annotations += _panoptic(scene, number, masks) if kind == "panoptic" else _instances(scene, number)
        content = {"images": images, "annotations": annotations, "categories": categories}
        (folder / "annotations").mkdir(exist_ok=True)
        (folder / "annotations" / f"{kind}_{name}.json").write_text(json.dumps(content))
    return {"reader": "coco", "coco": {"kinds": [kind]}}


def _instances(scene, number):
    for name, mask in scene.masks(parts=False).items():
        halves = [mask & (np.arange(mask.shape[1]) % 2 == odd) for odd in (0, 1)]
        for half in halves:
            region = coco_mask.encode(np.asfortranarray(half.astype(np.uint8)))
            region = {"size": region["size"], "counts": region["counts"].decode()}
            yield {"image_id": 1000 + number, "category_id": 10 * OBJECTS.index(name), "segmentation": region}


def _panoptic(scene, number, folder):
    segments = np.zeros(scene.objects.shape, int)
    infos = []
    for place, (name, mask) in enumerate(scene.masks(parts=False).items()):
        infos.append({"id": 70_000 + 300 * place, "category_id": 10 * OBJECTS.index(name)})
        segments[mask] = infos[-1]["id"]
    colors = np.stack([segments % 256, segments // 256 % 256, segments // 65536], -1).astype(np.uint8)
    save(folder / f"{scene.name}.png", colors)
    yield {"image_id": 1000 + number, "file_name": f"{scene.name}.png", "segments_info": infos}


def write_voc(folder, scenes):
    for scene in scenes:
        save(folder / "JPEGImages" / f"{scene.name}.jpg", scene.pixels)
        numbers = np.array([0, *(CLASSES.index(name) + 1 for name in OBJECTS)], np.uint8)
        mask = Image.fromarray(
            np.where(scene.objects, numbers[scene.objects * (scene.objects < 4)], 255).astype(np.uint8)
        )
        mask.putpalette([value for number in range(256) for value in (number, 255 - number, 90)])
        save(folder / "SegmentationClass" / f"{scene.name}.png", mask)
        _write_parts(folder / "Annotations_Part" / f"{scene.name}.mat", scene)
    for split in SPLIT_NAMES:
        path = folder / "ImageSets/Segmentation" / f"{split}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{scene.name}\n" for scene in scenes if scene.split == split))
    return {"reader": "voc"}


def _write_parts(path, scene):
    things = []
    for thing in OBJECTS:
        parts = {name.split()[1]: mask for name, mask in scene.masks().items() if name.startswith(f"{thing} ")}
        listed = [{"part_name": f"{part}_1", "mask": mask.astype(np.uint8)} for part, mask in parts.items()]
        if listed:
            things.append({"class": thing, "class_ind": 1, "mask": scene.objects > 0, "parts": np.array(listed)})
    path.parent.mkdir(parents=True, exist_ok=True)
    savemat(path, {"anno": {"imname": scene.name, "objects": np.array(things)}})


def write_ade20k(folder, scenes):
    names = [f"{name}, {name} again" for name in NAMES]
    shares = np.array([[0.0 if name in OBJECTS else 0.9] for name in NAMES])
    folder.mkdir(parents=True, exist_ok=True)
    savemat(
        folder / "index_ade20k.mat",
        {"index": {"objectnames": np.array(names, object), "proportionClassIsPart": shares}},
    )
    for scene in scenes:
        _write_ade20k_image(folder / "images", "a/abbey", scene, first=1)
    return {"reader": "ade20k"}


def write_ade20k_2021(folder, scenes):
    """As the data set's own repository has it: numbers of names go beyond 256, an image's names lie beside it."""
    for scene in scenes:
        place = _write_ade20k_image(folder / "images/ADE", "urban/street", scene, first=401)
        levels = [(0, scene.objects), (1, scene.parts)]
        described = [(int(number), level) for level, plane in levels for number in np.unique(plane) if number]
        objects = [_ade20k_object(place, scene, number, level) for number, level in described]
        annotation = {
            "filename": f"{scene.name}.jpg",
            "folder": "ADE20K_2021_17_01/images/ADE/training/urban/street",
            "imsize": [*scene.objects.shape, 3],
            "scene": ["outdoor", "urban", "street"],
            # MATLAB writes a list of one as what is in it
            "object": objects[0] if len(objects) == 1 else objects,
        }
        (place / f"{scene.name}.json").write_text(json.dumps({"annotation": annotation}))
    return {"reader": "ade20k"}


def _ade20k_object(place, scene, number, level):
    name = NAMES[number - 1]
    instance = f"{scene.name}/instance_{number:03}_{scene.name}.png"
    mask = (scene.parts if level else scene.objects) == number
    save(place / instance, mask.astype(np.uint8) * 255)
    return {
        "id": number,
        "name": f"{name}, {name} again",
        "name_ndx": 400 + number,
        "hypernym": [name, "entity"],
        "raw_name": name,
        "attributes": [],
        "depth_ordering_rank": number,
        "occluded": "no",
        "crop": "0",
        "parts": {"hasparts": [], "ispartof": 1 if level else [], "part_level": level},
        "instance_mask": instance,
        "polygon": {"x": [1, 2, 2], "y": [1, 1, 2]},
        "saved_date": "25-Sep-2005 20:19:10",
    }


def _write_ade20k_image(images, within, scene, first):
    """An image with its masks, whose numbers begin with `first`; gives its folder."""
    place = images / {"train": "training", "val": "validation"}[scene.split] / within
    save(place / f"{scene.name}.jpg", scene.pixels)
    for ending, plane in (("seg", scene.objects), ("parts_1", scene.parts)):
        number = np.where(plane, plane + first - 1, 0)
        colors = np.stack([number // 256 * 10, number % 256, plane * 0 + 7], -1).astype(np.uint8)
        save(place / f"{scene.name}_{ending}.png", colors)
    return place


def write_imagefolder(folder, scenes):
    for scene in scenes:
        save(folder / scene.split / scene.label / f"{scene.name}.png", scene.pixels)
    return {"reader": "imagefolder"}
