"""The page itself: what a browser needs of a run, put into one HTML file by a template."""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
from plotly.offline import get_plotlyjs

import net2vec_core
from net2vec_core.config import Config
from net2vec_core.figures.style import category_color, in_order
from net2vec_core.report.answers import Needed, Recipe, Sharing, Sums
from net2vec_core.report.pictures import as_sources
from net2vec_core.report.tables import Columns, columns
from net2vec_core.storage import remove, write_bytes

ASSETS = Path(__file__).parent / "assets"
# In the order in which the browser reads them: each uses those before.
SCRIPTS = (
    "elements.js",
    "data.js",
    "state.js",
    "tables.js",
    "charts.js",
    "pictures.js",
    "vectors.js",
    "overview.js",
    "concepts.js",
    "concept.js",
    "filters.js",
    "space.js",
    "layers.js",
    "chance.js",
    "failures.js",
    "main.js",
)
PICTURES = "pictures"
LARGEST = 15_000_000
"""Where the page would be larger, bytes, its pictures lie beside it."""


@dataclass(frozen=True)
class LayerPart:
    """What the page shows of a layer.

    Attributes:
        network: Its network's name.
        layer: Its module path.
        tables: Its tables by name, for the browser, and means over concepts in the same form.
        weights: Embeddings [concept, filter] of the first recipe and seed.
        recipes: What each recipe reaches.
        needed: How many filters concepts need; None where that is not known.
        sharing: How concepts share filters.
        relations: The rows of `relation_summary.csv`.
        sums: How well sums of concepts find the expected answers; None where none are expected.
    """

    network: str
    layer: str
    tables: dict[str, Columns]
    weights: pd.DataFrame
    recipes: list[Recipe]
    needed: Needed | None
    sharing: Sharing
    relations: list[dict[str, Any]]
    sums: Sums | None

    @property
    def key(self) -> str:
        """Network and layer in one name, as in paths."""
        return f"{self.network}/{self.layer}"

    @property
    def best(self) -> Recipe:
        """The recipe of highest mean IoU."""
        return max(self.recipes, key=lambda recipe: recipe.multi.value)


@dataclass(frozen=True)
class RunPart:
    """What the page shows of a run beside its layers: number of images by split, concepts, tables, paths of images."""

    splits: dict[str, int]
    concepts: pd.DataFrame
    tables: dict[str, Columns]
    paths: dict[int, str]


def write_page(config: Config, run: RunPart, layers: list[LayerPart], folder: Path) -> None:
    """Write `index.html` to a folder that holds `pictures/`; these move into the page where it stays small enough."""
    pictures = folder / PICTURES
    html = render(config, run, layers, None).encode()
    if len(html) + _encoded_size(pictures) <= LARGEST:
        html = render(config, run, layers, as_sources(pictures, _data_url)).encode()
        remove(pictures)
    write_bytes(folder / "index.html", html)


def _encoded_size(pictures: Path) -> int:
    return sum(-(-path.stat().st_size // 3) * 4 for path in pictures.rglob("*") if path.is_file())


def render(config: Config, run: RunPart, layers: list[LayerPart], pictures: dict[str, str] | None) -> str:
    """The page as HTML; `pictures` by their path, or None where they lie beside it."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ASSETS), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":"), "allow_nan": False}
    return environment.get_template("page.html").render(
        config=config,
        version=net2vec_core.__version__,
        run=run,
        layers=layers,
        main=main_layer(config, layers),
        data=_for_browser(config, run, layers, pictures),
        style=_asset("style.css"),
        plotly=get_plotlyjs(),
        scripts=[_asset(name) for name in SCRIPTS],
    )


def main_layer(config: Config, layers: list[LayerPart]) -> LayerPart:
    """The layer that is shown first: the last one of the first network."""
    first = next(iter(config.networks))
    return [layer for layer in layers if layer.network == first][-1]


def category_colors(categories: "pd.Series[str]") -> dict[str, str]:
    """The colour of each category that occurs, that of the figures."""
    return {name: category_color(name) for name in in_order(categories)}


def _for_browser(
    config: Config, run: RunPart, layers: list[LayerPart], pictures: dict[str, str] | None
) -> dict[str, Any]:
    return {
        "run": config.run,
        "rate": config.chance.false_discovery_rate,
        "top": config.overlap.top_filters,
        "recipes": list(config.segmentation.recipes),
        "main": main_layer(config, layers).key,
        "seed": config.segmentation.seeds[0],
        "analogies": list(config.analogies),
        "colors": category_colors(run.concepts["category"]),
        "concepts": columns(run.concepts),
        "tables": run.tables,
        "paths": run.paths,
        "layers": [_layer_for_browser(layer) for layer in layers],
        "pictures": pictures,
    }


def _layer_for_browser(layer: LayerPart) -> dict[str, Any]:
    weights = base64.b64encode(layer.weights.to_numpy("<f4").tobytes()).decode()
    return {
        "key": layer.key,
        "network": layer.network,
        "layer": layer.layer,
        "filters": layer.weights.shape[1],
        "tables": layer.tables,
        "embeddings": {"concepts": layer.weights.index.tolist(), "weights": weights},
        "sharing": {"concepts": layer.sharing.concepts, "top": layer.sharing.top},
    }


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _data_url(content: bytes, suffix: str) -> str:
    return f"data:image/{suffix};base64,{base64.b64encode(content).decode()}"
