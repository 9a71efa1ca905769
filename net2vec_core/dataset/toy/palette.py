"""The materials things are made of: each function gives a surface, coloured at random."""

import numpy as np

from net2vec_core.dataset.toy.surfaces import Color, Surface, mix, pick, plain, vary

Rng = np.random.Generator

BRIGHT: tuple[Color, ...] = (
    *((196, 30, 36), (225, 120, 30), (240, 205, 50), (52, 130, 62), (38, 84, 180), (112, 52, 150)),
    *((232, 110, 160), (242, 242, 238), (30, 32, 38), (120, 124, 130), (120, 72, 42)),
)
FACADES: tuple[Color, ...] = (
    *((236, 228, 210), (240, 240, 238), (222, 190, 130), (205, 140, 110), (160, 190, 205), (230, 170, 175)),
    *((170, 190, 150), (180, 165, 150)),
)
WOODS: tuple[Color, ...] = ((120, 76, 42), (158, 108, 62), (92, 56, 34), (196, 152, 100))
COATS: tuple[Color, ...] = (
    (150, 98, 52),
    (70, 46, 32),
    (208, 168, 112),
    (40, 36, 36),
    (232, 224, 212),
    (140, 136, 134),
)
CAT_COATS: tuple[Color, ...] = ((206, 132, 66), (126, 122, 120), (46, 43, 46), (226, 218, 206), (150, 116, 84))
SKINS: tuple[Color, ...] = ((236, 190, 160), (214, 160, 124), (168, 112, 78), (104, 66, 46))
BLACK: Color = (24, 24, 28)


def brick(rng: Rng) -> Surface:
    """A brick wall with light mortar."""
    base = pick(rng, ((168, 74, 54), (148, 88, 66), (186, 112, 78), (126, 60, 50)), 8)
    return Surface(
        "brick", (mix(base, BLACK, 0.4), base, mix(base, (255, 220, 180), 0.3), (205, 196, 184)), "brick", 0.8
    )


def wood(rng: Rng, tile: str = "grain") -> Surface:
    """Wood: `grain` in one piece, `boards` side by side."""
    base = pick(rng, WOODS)
    return Surface(tile, (mix(base, BLACK, 0.6), base, mix(base, (255, 225, 170), 0.35)), "wood")


def bark(rng: Rng) -> Surface:
    """The bark of a tree."""
    base = pick(rng, ((88, 66, 50), (110, 92, 76), (66, 50, 40)), 8)
    return Surface("bark", (mix(base, BLACK, 0.65), base, mix(base, (230, 220, 200), 0.35)), "wood", 0.6)


def metal(rng: Rng, color: Color) -> Surface:
    """Lacquered or bare metal."""
    base = vary(rng, color, 8)
    return Surface("metal", (mix(base, BLACK, 0.5), base, mix(base, (255, 255, 255), 0.55)), "metal")


def glass(rng: Rng) -> Surface:
    """A window pane that mirrors the sky."""
    base = pick(rng, ((60, 84, 108), (44, 58, 74), (92, 124, 146)), 8)
    return Surface("glass", (mix(base, BLACK, 0.5), base, (214, 230, 240)), "glass")


def fabric(rng: Rng, color: Color | None = None, tile: str = "folds") -> Surface:
    """Cloth: `folds` hangs, `weave` lies flat."""
    return plain(rng, pick(rng, BRIGHT) if color is None else color, tile, "fabric")


def painted(rng: Rng, colors: tuple[Color, ...] = FACADES) -> Surface:
    """Painted plaster."""
    base = pick(rng, colors, 8)
    return Surface("plaster", (mix(base, BLACK, 0.22), base, mix(base, (255, 255, 255), 0.3)), "painted")


def stone(rng: Rng, tile: str = "stone") -> Surface:
    """A wall of stones; `rock` is natural."""
    base = pick(rng, ((136, 130, 122), (158, 146, 126), (110, 110, 114)), 8)
    return Surface(tile, (mix(base, BLACK, 0.6), base, mix(base, (255, 250, 235), 0.45)), "stone")


def shingles(rng: Rng) -> Surface:
    """Roof tiles."""
    base = pick(rng, ((166, 78, 52), (128, 62, 50), (84, 84, 92), (104, 76, 60), (150, 96, 66)), 8)
    return Surface("shingles", (mix(base, BLACK, 0.6), base, mix(base, (255, 225, 190), 0.3)), "tile", 0.8)


def tiled(rng: Rng) -> Surface:
    """Floor or wall tiles."""
    base = pick(rng, ((216, 204, 186), (188, 142, 112), (170, 186, 190), (226, 226, 222)), 8)
    return Surface("tiles", (mix(base, BLACK, 0.5), base, mix(base, (255, 255, 255), 0.4)), "tile")


def foliage(rng: Rng, color: Color | None = None) -> Surface:
    """Leaves, light above dark."""
    base = pick(rng, ((68, 116, 44), (88, 130, 52), (50, 96, 48)), 9) if color is None else vary(rng, color, 9)
    return Surface("leaves", (mix(base, (10, 22, 16), 0.78), base, mix(base, (235, 240, 150), 0.45)), "foliage", 0.75)


def grass(rng: Rng) -> Surface:
    """Blades of grass."""
    base = pick(rng, ((92, 136, 52), (112, 146, 62), (140, 146, 72), (74, 122, 50)), 7)
    return Surface("grass", (mix(base, (20, 34, 14), 0.6), base, mix(base, (240, 240, 160), 0.4)), "foliage")


def fur(rng: Rng, color: Color) -> Surface:
    """The coat of an animal."""
    base = vary(rng, color, 8)
    return Surface("fur", (mix(base, BLACK, 0.5), base, mix(base, (255, 245, 225), 0.35)), "fur", 0.6)


def skin(color: Color) -> Surface:
    """Bare skin."""
    return Surface("smooth", (mix(color, (90, 30, 20), 0.3), color, mix(color, (255, 240, 225), 0.3)), "skin")


def water(rng: Rng) -> Surface:
    """Rippled water."""
    base = pick(rng, ((36, 92, 132), (44, 120, 140), (62, 96, 118), (28, 74, 122)), 8)
    return Surface("water", (mix(base, (4, 20, 40), 0.5), base, mix(base, (225, 240, 245), 0.6)), "water")


def sand(rng: Rng) -> Surface:
    """Fine sand."""
    base = pick(rng, ((216, 190, 146), (226, 206, 168), (198, 170, 126)), 6)
    return Surface("sand", (mix(base, (90, 66, 40), 0.4), base, mix(base, (255, 250, 230), 0.5)), "sand")


def rubber(rng: Rng) -> Surface:
    """Black rubber, a material without a concept."""
    return plain(rng, (36, 36, 40))
