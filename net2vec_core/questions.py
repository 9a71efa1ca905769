"""Answers to questions about a layer, from its finished tables and embeddings."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pandas as pd

from net2vec_core.analogies import nearest, parse_analogy
from net2vec_core.config import load
from net2vec_core.errors import UserError, did_you_mean
from net2vec_core.storage import read_table

EXAMPLES = "ask, say, `grass + blue - green`, `neighbours tree`, `filter 23` or `images lamp`"


@dataclass(frozen=True)
class Answer:
    """A table with a line that says what it shows."""

    title: str
    table: pd.DataFrame


@dataclass(frozen=True)
class Results:
    """What is known of a layer: its folder, its run's data set folder, and its embeddings [concept, filter]."""

    layer: Path
    dataset: Path
    weights: pd.DataFrame


def answer(question: str, results: Results) -> list[Answer]:
    """Answers `neighbours NAME`, `filter NUMBER`, `images NAME`, or else arithmetic such as `grass + blue - green`.

    Raises:
        UserError: if a name or a number is unknown.
    """
    about, _, what = question.partition(" ")
    kinds: dict[str, Callable[[str, Results], list[Answer]]] = {
        "neighbours": _arithmetic,
        "filter": _filter,
        "images": _images,
    }
    if not question.strip() or (about in kinds and not what.strip()):
        raise UserError(f"`{question.strip()}` is no question; {EXAMPLES}")
    if what and not re.search("[+-]", question) and question.strip() not in results.weights.index:
        near = get_close_matches(about, kinds, n=1, cutoff=0.8)
        if near and about not in kinds:
            raise UserError(f"`{about}` is no question; did you mean {near[0]}?")
    return kinds[about](what.strip(), results) if about in kinds else _arithmetic(question, results)


def _arithmetic(question: str, results: Results) -> list[Answer]:
    analogy = parse_analogy(question, results.weights.index)
    cosines = nearest(analogy, results.weights)
    table = pd.DataFrame({"rank": np.arange(len(cosines)) + 1, "concept": cosines.index, "cosine": cosines.to_numpy()})
    asked = question.strip().removesuffix(analogy.expected or "").rstrip("= ")
    answers = [Answer(f"Nearest to {asked}", table)]
    if analogy.expected is not None:
        answers.append(Answer("The expected answer", table[table["concept"] == analogy.expected]))
    return answers


def _filter(question: str, results: Results) -> list[Answer]:
    filters = results.weights.shape[1]
    if not question.isdecimal() or int(question) >= filters:
        raise UserError(f"`{question}` is no filter: the layer's filters are 0 to {filters - 1}")
    top_filters = load(results.layer.parents[1] / "config.yaml").overlap.top_filters
    number, columns = int(question), ["concept", "category", "iou_train", "iou_val"]
    best = read_table(results.layer / "single_filter.csv", dtype={"concept": str})
    best = best[(best["filter"] == number) & (best["iou_train"] > 0)]
    weights = results.weights.iloc[:, number]
    ranks = results.weights.abs().rank(axis=1, ascending=False, method="first").iloc[:, number].astype(int)
    top = pd.DataFrame({"concept": weights.index, "weight": weights.to_numpy(), "rank": ranks.to_numpy()})
    return [
        Answer(f"Filter {number} is the best single one of", best[columns].sort_values("iou_val", ascending=False)),
        Answer(
            f"It is among the {top_filters} largest |weights| of",
            top[top["rank"] <= top_filters].sort_values("rank", kind="stable"),
        ),
    ]


def _images(question: str, results: Results) -> list[Answer]:
    occurrences = read_table(results.dataset / "occurrences.csv.gz", dtype={"concept": str})
    known = occurrences["concept"].unique()
    if question not in known:
        raise UserError(f"the data set has no concept `{question}`{did_you_mean(question, known)}")
    images = read_table(results.dataset / "images.csv", dtype={"path": str})
    scores = read_table(results.layer / "individual_iou.csv.gz", dtype={"concept": str})
    table = occurrences[occurrences["concept"] == question].merge(images, on="image")
    table = table.merge(scores[scores["concept"] == question], on="image", how="left")
    columns = ["image", "split", "pixels", "recipe", "iou_single", "iou_multi", "path"]
    return [Answer(f"Images that hold {question}", table[columns])]


def as_text(answer: Answer, rows: int) -> str:
    """An answer's title and the first `rows` rows of its table, in columns: numbers flush right, text flush left."""
    shown = answer.table.head(rows)
    columns = [_column(str(name), shown[name]) for name in shown]
    lines = ["  " + "  ".join(cells).rstrip() for cells in zip(*columns, strict=True)] if len(shown) else ["  none"]
    more = len(answer.table) - len(shown)
    return "\n".join([answer.title, *lines, *([f"  and {more:,} more"] if more else [])])


def _column(name: str, values: pd.Series) -> list[str]:
    number = pd.api.types.is_numeric_dtype(values)
    form = "{:.3f}" if pd.api.types.is_float_dtype(values) else "{}"
    cells = [name, *("" if pd.isna(value) else form.format(value) for value in values)]
    width = max(map(len, cells))
    return [cell.rjust(width) if number else cell.ljust(width) for cell in cells]
