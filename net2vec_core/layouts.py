"""How a layer's output is read as filters on a grid: which axis is which, and which tokens are set aside.

A convolution's output lies [image, filter, y, x]; some modules give [image, y, x, filter], transformers [image, token,
filter]. Which it is follows from the grids that the network's own convolutions and poolings give for an image; where
that leaves a doubt, the output is refused.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import isqrt

from torch import Tensor

from net2vec_core.errors import UserError, did_you_mean
from net2vec_core.settings import Layout, NetworkSettings

Grid = tuple[int, int]


@dataclass(frozen=True)
class Call:
    """A module's call in a forward pass.

    Attributes:
        layer: Module path; for one of several outputs `PATH@INDEX`.
        kind: The module's class.
        shape: Its output's for one image, without the axis of images; None where there is none.
        planar: Whether the module, by its nature, gives [filter, y, x]: a convolution or pooling in two dimensions.
        instead: What the output is where it has no shape for one image.
    """

    layer: str
    kind: str
    shape: tuple[int, ...] | None
    planar: bool = False
    instead: str = "no tensor"

    def __str__(self) -> str:
        return self.instead if self.shape is None else " × ".join(map(str, self.shape))


@dataclass(frozen=True)
class Reading:
    """A layer's output as filters on a grid.

    Attributes:
        filters: Number of filters.
        height: Rows of the grid.
        width: Columns of the grid.
        layout: Whether the filters' axis comes first or last.
        prefix: Tokens before those of the grid.
    """

    filters: int
    height: int
    width: int
    layout: Layout = "channels_first"
    prefix: int = 0

    @property
    def grid(self) -> tuple[int, int, int]:
        """Filters, height and width."""
        return self.filters, self.height, self.width

    def arrange(self, output: Tensor) -> Tensor:
        """The output as [image, filter, y, x], a view where that can be."""
        first = output.movedim(-1, 1) if self.layout == "channels_last" else output
        tokens = first.flatten(2) if first.ndim > 2 else first.unsqueeze(2)
        return tokens[:, :, self.prefix :].reshape(*tokens.shape[:2], self.height, self.width)


def read_all(calls: Sequence[Call], settings: NetworkSettings, prefix_tokens: int | None) -> dict[str, Reading | None]:
    """How every layer's output is read; None where it is no grid of filters, or that is in doubt.

    Args:
        calls: All calls of one forward pass; of a layer that is called several times the last one counts.
        settings: The network's: which layouts they state, how many class and register tokens.
        prefix_tokens: Class and register tokens by what the model itself says.
    """
    image = _ImageGrids(calls, prefix_tokens if settings.prefix_tokens is None else settings.prefix_tokens)
    return {call.layer: image.read(call, settings.layouts.get(call.layer)) for call in calls}


def read_layers(
    calls: Sequence[Call], settings: NetworkSettings, network: str, prefix_tokens: int | None = None
) -> dict[str, Reading]:
    """How each of the layers that `settings` name is read; `network` is its name in messages, the rest as above.

    Raises:
        UserError: if the network has no such layer (the nearest names are offered), does not call it, or its output
            cannot be read as filters on a grid.
    """
    readings, by_layer = read_all(calls, settings, prefix_tokens), {call.layer: call for call in calls}
    where = f"`networks.{network}.layers`"
    result = {}
    for layer in settings.layers:
        if layer not in readings:
            raise UserError(f"{where}: the network has no layer `{layer}`{did_you_mean(layer, readings)}")
        reading = readings[layer]
        if reading is None:
            raise UserError(f"{where}: {_refusal(by_layer[layer], by_layer, network)}")
        result[layer] = reading
    return result


def _refusal(call: Call, layers: Collection[str], network: str) -> str:
    what = f"the output of `{call.layer}` is not filters on a grid but {call}"
    parts = [layer for layer in layers if layer.startswith(f"{call.layer}@")]
    if parts:
        return f"{what}; name one of its outputs: {', '.join(parts[:8])}"
    if call.shape is None or len(call.shape) not in (2, 3):
        return what
    tokens = (
        f", and the class and register tokens in `networks.{network}.prefix_tokens`" if len(call.shape) == 2 else ""
    )
    return (
        f"{what}, as far as can be told; if it is, say how it lies in `networks.{network}.layouts`"
        f" (`{call.layer}: channels_first` or `channels_last`){tokens}"
    )


class _ImageGrids:
    """What the calls of a forward pass tell of the grids on which the network sees an image."""

    def __init__(self, calls: Sequence[Call], prefix_tokens: int | None = None) -> None:
        """`prefix_tokens`: class and register tokens, where it is known how many there are."""
        self.prefixes = (0, 1) if prefix_tokens is None else tuple(sorted({0, prefix_tokens}))
        shapes = [call.shape for call in calls if call.shape]
        planar = [call.shape for call in calls if call.planar and call.shape]
        self.grids = _with_halves({(shape[1], shape[2]) for shape in planar if len(shape) == 3})
        self.sequences = {shape[0] for shape in shapes if len(shape) == 2}
        layouts = [self._layouts_of_map(call) for call in calls if _is_map(call)]
        self.usual = {found[0] for found in layouts if len(found) == 1}

    def read(self, call: Call, layout: Layout | None = None) -> Reading | None:
        """How an output is read, None where it is no grid or where that is in doubt; `layout` where it was said."""
        match call.shape:
            case (filters,):
                return Reading(filters, 1, 1)
            case (tokens, filters):
                return self._read_tokens((tokens, filters), layout)
            case (_, _, _):
                return self._read_map(call, layout)
        return None

    def _read_map(self, call: Call, layout: Layout | None) -> Reading | None:
        layouts = (layout,) if layout else self._layouts_of_map(call)
        if len(layouts) == 2 and len(self.usual) == 1:
            layouts = tuple(self.usual)
        if len(layouts) != 1:
            return None
        first, middle, last = call.shape or ()
        if layouts[0] == "channels_first":
            return Reading(first, middle, last)
        return Reading(last, first, middle, "channels_last")

    def _layouts_of_map(self, call: Call) -> tuple[Layout, ...]:
        """The layouts that an output of three axes may have."""
        if call.planar:
            return ("channels_first",)
        first, middle, last = call.shape or ()
        found: list[Layout] = []
        # from each token to each other: a map of attention, which is no grid of the image
        if self._is_grid(middle, last) and not middle == last in self.sequences:
            found.append("channels_first")
        if self._is_grid(first, middle):
            found.append("channels_last")
        return tuple(found)

    def _is_grid(self, height: int, width: int) -> bool:
        return (height, width) in self.grids if self.grids else height == width

    def _read_tokens(self, shape: tuple[int, int], layout: Layout | None) -> Reading | None:
        places: list[tuple[Layout, int]] = [("channels_last", 0), ("channels_first", 1)]
        found = [
            Reading(shape[1 - axis], *grid, name, prefix)
            for name, axis in places
            if layout in (None, name)
            for grid, prefix in self._grids_of_tokens(shape[axis])
        ]
        return found[0] if len(found) == 1 else None

    def _grids_of_tokens(self, tokens: int) -> list[tuple[Grid, int]]:
        """The grids, with the number of tokens before them, to which so many tokens may belong."""
        square = {(isqrt(tokens - prefix),) * 2 for prefix in self.prefixes if tokens > prefix}
        return [
            ((height, width), prefix)
            for prefix in self.prefixes
            for height, width in sorted(self.grids or square)
            if height * width + prefix == tokens
        ]


def _is_map(call: Call) -> bool:
    return call.shape is not None and len(call.shape) == 3


def _with_halves(grids: set[Grid]) -> set[Grid]:
    """Grids and what halving them gives, since patches are merged in twos; one position is always among them."""
    found: set[Grid] = set()
    waiting = grids
    while waiting:
        found |= waiting
        halves = {(side // 2, other // 2) for side, other in waiting} | {
            (-(-side // 2), -(-other // 2)) for side, other in waiting
        }
        waiting = {grid for grid in halves if min(grid) > 0} - found
    return found | {(1, 1)} if found else found
