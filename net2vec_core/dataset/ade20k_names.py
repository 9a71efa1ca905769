"""The names of ADE20K's concepts: of 2016's data from their index, of 2021's from the file beside each image."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from net2vec_core.dataset.records import Concept
from net2vec_core.errors import UserError
from net2vec_core.progress import progress

LARGEST_NUMBER = 65535
Uses = dict[int, tuple[str, bool]]  # by number: a name, and whether most uses are parts


def names_of_index(path: Path) -> tuple[Concept, ...]:
    """The concepts of 2016's `index_ade20k.mat`, numbered from 1.

    Raises:
        UserError: if it is missing or not ADE20K's.
    """
    try:
        path.stat()  # of a file that is missing, SciPy says something else
        index: Any = loadmat(path, simplify_cells=True)["index"]
        names, shares = [str(name) for name in index["objectnames"]], index["proportionClassIsPart"]
        rows = zip(names, (np.atleast_1d(shares) > 0.5).tolist(), strict=True)
        return _concepts(dict(enumerate(rows, start=1)))
    except OSError as error:
        raise UserError(
            f"{path}: cannot be read ({error.strerror}); `dataset.path` must name an unpacked ADE20K, of 2016 with"
            " this index or of 2021 with images/ADE/"
        ) from None
    except (ValueError, LookupError, TypeError, NotImplementedError, MatReadError) as error:
        raise UserError(f"{path}: not ADE20K's index ({error})") from None


def names_beside(images: Sequence[Path]) -> tuple[Concept, ...]:
    """The concepts that 2021's files NAME.json name, by the number that stands for them in masks.

    Where files differ over a number's name, most of its uses count.

    Raises:
        UserError: if such a file is missing or not ADE20K's.
    """
    names: dict[int, Counter[str]] = defaultdict(Counter)
    parts: Counter[int] = Counter()
    for image in progress(images, "reading the names", "file"):
        for number, name, is_part in _objects(image.with_suffix(".json")):
            names[number][name] += 1
            parts[number] += is_part
    return _concepts(
        {
            number: (max(sorted(of), key=of.__getitem__), 2 * parts[number] > of.total())
            for number, of in sorted(names.items())
        }
    )


def _objects(path: Path) -> list[tuple[int, str, bool]]:
    """Number and name of each object and part in an image, and whether it is a part."""
    try:
        objects: Any = json.loads(_text(path))["annotation"]["object"]
        listed = [objects] if isinstance(objects, dict) else objects  # MATLAB wrote them: one alone is no list
        found = [(int(each["name_ndx"]), str(each["name"]), int(each["parts"]["part_level"]) > 0) for each in listed]
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); every image needs one") from None
    except KeyError as error:
        raise UserError(f"{path}: not an annotation of ADE20K (it has no `{error.args[0]}`)") from None
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise UserError(f"{path}: not an annotation of ADE20K ({error})") from None
    beyond = [number for number, _, _ in found if not 0 <= number <= LARGEST_NUMBER]
    if beyond:
        raise UserError(f"{path}: `name_ndx` is {beyond[0]}, expected 0 to {LARGEST_NUMBER}")
    return [each for each in found if each[0] > 0]  # 0 is what masks hold where nothing is


def _text(path: Path) -> str:
    content = path.read_bytes()
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")  # some of ADE20K's are


def _concepts(uses: Uses) -> tuple[Concept, ...]:
    names = _distinct({number: name for number, (name, _) in uses.items()})
    return tuple(
        Concept(number, names[number], "part" if is_part else "object") for number, (_, is_part) in uses.items()
    )


def _distinct(names: dict[int, str]) -> dict[int, str]:
    """The first of a name's synonyms, where it is no other's, or else all of them, or else with its number."""
    first = {number: name.split(",")[0].strip() for number, name in names.items()}
    of_first, of_all = Counter(first.values()), Counter(names.values())

    def distinct(number: int, name: str) -> str:
        if of_first[first[number]] == 1:
            return first[number]
        return name if of_all[name] == 1 else f"{name} ({number})"

    return {number: distinct(number, name) for number, name in names.items()}
