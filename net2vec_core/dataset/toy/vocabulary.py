"""The concepts of the toy probe set, numbered from 1 in the order in which they stand here."""

from net2vec_core.dataset.records import Concept

NAMES: dict[str, tuple[str, ...]] = {
    "color": ("black", "blue", "brown", "gray", "green", "orange", "pink", "purple", "red", "white", "yellow"),
    "object": (
        *("sky", "cloud", "mountain", "tree", "flower", "grass", "sea", "road", "sidewalk", "fence"),
        *("house", "building", "car", "bus", "boat", "airplane", "person", "dog", "cat", "cow", "bird"),
        *("wall", "floor", "bed", "sofa", "chair", "table", "lamp", "painting"),
    ),
    "part": ("arm", "door", "eye", "head", "leg", "roof", "tail", "torso", "wheel", "window"),
    "material": (
        *("brick", "fabric", "foliage", "fur", "glass", "metal", "painted", "sand", "skin", "stone", "tile"),
        *("water", "wood"),
    ),
    "scene": (
        *("beach", "bedroom", "dining_room", "field", "forest", "living_room", "mountain_snowy", "street"),
        "village",
    ),
    "texture": ("chequered", "cracked", "dotted", "grid", "honeycombed", "marbled", "striped", "zigzagged"),
}

CONCEPTS: tuple[Concept, ...] = tuple(
    Concept(number, name, category)
    for number, (category, name) in enumerate(
        ((category, name) for category, names in NAMES.items() for name in names), start=1
    )
)

NUMBER: dict[str, int] = {concept.name: concept.number for concept in CONCEPTS}

PLANES: tuple[str, ...] = ("color", "object", "part", "material")
