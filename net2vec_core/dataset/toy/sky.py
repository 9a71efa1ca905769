"""The sky: a gradient, a sun, clouds."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops

from net2vec_core.dataset.toy.canvas import Canvas
from net2vec_core.dataset.toy.outlines import blob, disc
from net2vec_core.dataset.toy.shape import SIDE, Shape, everything, rasterise
from net2vec_core.dataset.toy.surfaces import Color, Surface, mix, vary
from net2vec_core.dataset.toy.tiles import tile


@dataclass(frozen=True)
class Weather:
    """Colours of the sky at the top and at the horizon, and of its clouds in shade and in light."""

    top: Color
    horizon: Color
    shade: Color
    lit: Color


WEATHERS = (
    Weather((44, 104, 196), (186, 216, 240), (176, 188, 206), (255, 255, 255)),
    Weather((80, 148, 220), (220, 234, 242), (190, 198, 208), (255, 255, 255)),
    Weather((140, 156, 176), (214, 218, 222), (120, 128, 140), (226, 230, 234)),
    Weather((76, 70, 136), (248, 168, 108), (150, 96, 120), (255, 206, 160)),
    Weather((110, 150, 196), (250, 206, 190), (196, 150, 170), (255, 226, 214)),
)
WEATHER_ODDS = (0.36, 0.3, 0.14, 0.1, 0.1)


def draw_sky(canvas: Canvas, horizon: float) -> Weather:
    """Paint the whole canvas as sky, down to `horizon`, and some clouds; gives the weather for haze further down."""
    rng = canvas.rng
    weather = WEATHERS[rng.choice(len(WEATHERS), p=WEATHER_ODDS)]
    top, low = vary(rng, weather.top), vary(rng, weather.horizon, 5)
    share = np.clip((np.arange(SIDE) + 0.5) / SIDE / horizon, 0, 1)[:, None] ** 0.8
    column = (np.array(top) * (1 - share) + np.array(low) * share).astype(np.uint8)
    canvas.image.paste(Image.fromarray(np.repeat(column[:, None], SIDE, axis=1)))
    canvas.label(everything(), "sky", "", "")
    if rng.random() < 0.35:
        _sun(canvas, horizon)
    if rng.random() < 0.62:
        for _ in range(rng.integers(1, 5)):
            _cloud(canvas, weather, horizon)
    return weather


def _sun(canvas: Canvas, horizon: float) -> None:
    x, y = canvas.rng.uniform(0.1, 0.9), canvas.rng.uniform(0.05, horizon * 0.7)
    for radius, strength in ((0.16, 0.35), (0.07, 0.5), (0.03, 1.0)):
        canvas.tint(rasterise(disc(x, y, radius)), (255, 246, 206), strength, blur=radius * 0.4)


def _cloud(canvas: Canvas, weather: Weather, horizon: float) -> None:
    """Puffs on a flat base, their borders thinned out by noise."""
    rng = canvas.rng
    x, y, size = rng.uniform(0, 1), rng.uniform(0.05, horizon * 0.75), rng.uniform(0.07, 0.2)
    puffs = [blob(rng, x + dx * size, y - size * 0.2 * (1 - abs(dx)), size * 0.6, size * 0.26) for dx in (-0.8, 0, 0.8)]
    shape = rasterise(*puffs)
    if shape is None:
        return
    soft = shape.softened(0.06 * size + 0.012)
    left, top = (int(start) for start in rng.integers(0, SIDE, 2))
    noise = tile("clouds").crop((left, top, left + soft.mask.width, top + soft.mask.height))
    thinned = ImageChops.add(soft.mask, noise, 0.7, -90)
    density = Image.composite(thinned, Image.new("L", soft.mask.size), soft.mask.point([0] * 12 + [255] * 244))
    surface = Surface("clouds", (mix(weather.shade, weather.lit, 0.3), weather.lit))
    canvas.paint(Shape(density, soft.left, soft.top), surface, "cloud", relief=0.22)
