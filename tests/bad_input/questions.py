"""Questions to finished results, exports, and what users bring to a comparison, that cannot be answered."""

import os
import pickle
from collections.abc import Callable
from pathlib import Path

from bad_input.frame import ASK, COMPARISON, EXPORT, LAYER, RUN, Case
from bad_input.spoiling import attribute, both, config, cut, nothing, text, without

STORE = f"{LAYER}/embeddings.zarr"


class Runs:
    """What touches the file `ran` when it is unpickled as pickle does it."""

    def __reduce__(self):
        return os.system, ("touch ran",)


def asked(name: str, question: str, message: str, spoil: Callable[[], object] = nothing) -> Case:
    return Case(name, spoil, f"{ASK} {question}", message)


def exported(name: str, options: str, message: str, spoil: Callable[[], object] = nothing) -> Case:
    return Case(name, spoil, f"{EXPORT} {options}", message)


def words(name: str, content: str | bytes, message: str) -> Case:
    """A file of word vectors to which layers are compared."""
    return Case(name, both(config({"word_vectors": "words"}), text("words", content)), COMPARISON, message)


CASES = [
    Case(
        "a question to a run that is not finished",
        nothing,
        "ask --run other --layer features.6 neighbours sky",
        "results/other has no finished layers; run `snakemake` to make them",
    ),
    Case(
        "a question about another layer",
        nothing,
        "ask --run tiny --layer features.7 neighbours sky",
        "the run has no layer `features.7`; did you mean features.6?",
    ),
    asked(
        "a question about another network",
        "--network nett neighbours sky",
        "the run has no layer `features.6` of a network `nett`; did you mean net?",
    ),
    asked(
        "a question about an unknown concept",
        "neighbours skky",
        "`skky`: no concept `skky` is studied; did you mean sky?",
    ),
    asked(
        "a question in American English",
        "neighbors sky",
        "`neighbors` is no question; did you mean neighbours?",
    ),
    asked(
        "a question without a concept",
        "neighbours",
        "`neighbours` is no question; ask, say, `grass + blue - green`, `neighbours tree`, `filter 23` or"
        " `images lamp`",
    ),
    asked(
        "an empty question",
        "''",
        "`` is no question; ask, say, `grass + blue - green`, `neighbours tree`, `filter 23` or `images lamp`",
    ),
    asked("a sum that ends too early", "sky +", "`sky +`: a concept is missing"),
    asked("a filter that there is not", "filter 256", "`256` is no filter: the layer's filters are 0 to 255"),
    asked("a filter that is no number", "filter sky", "`sky` is no filter: the layer's filters are 0 to 255"),
    asked("images of an unknown concept", "images skky", "the data set has no concept `skky`; did you mean sky?"),
    asked(
        "embeddings of a recipe that was not fitted",
        "--recipe iou neighbours sky",
        "results/tiny/net/features.6/embeddings.zarr has no embeddings segmentation/iou/*"
        " (task/recipe/seed); it has segmentation/paper/0",
    ),
    asked(
        "a run whose configuration is missing",
        "filter 3",
        "results/tiny/config.yaml: the configuration cannot be read (No such file or directory)",
        without(f"{RUN}/config.yaml"),
    ),
    asked(
        "a damaged table of scores",
        "images sky",
        "results/tiny/net/features.6/individual_iou.csv.gz is damaged (Compressed file ended before the"
        " end-of-stream marker was reached); remove it and run `snakemake` to make it anew",
        cut(f"{LAYER}/individual_iou.csv.gz"),
    ),
    asked(
        "damaged embeddings",
        "neighbours sky",
        "results/tiny/net/features.6/embeddings.zarr is damaged (it holds 4 files of … bytes, and 6 files of"
        " … bytes were written); remove it and run `snakemake` to make it anew",
        without(f"{STORE}/segmentation/paper/0/weights"),
    ),
    Case(
        "a summary of a run that is not finished",
        nothing,
        "summary --run tiny",
        "results/tiny has no finished layers; run `snakemake` to make them",
    ),
    Case(
        "an export of what is no store",
        nothing,
        f"export --embeddings {LAYER} --format numpy --output a.npz",
        "results/tiny/net/features.6: no such store; run `snakemake` to make it",
    ),
    Case(
        "an export of another stage's store",
        nothing,
        f"export --embeddings {LAYER}/filter_masks.zarr --format numpy --output a.npz",
        "results/tiny/net/features.6/filter_masks.zarr is a store of the stage `filter_masks`, where one of"
        " `tables` is needed",
    ),
    exported(
        "an export of a recipe that was not fitted",
        "--recipe iou --format numpy --output a.npz",
        "results/tiny/net/features.6/embeddings.zarr has no embeddings */iou/* (task/recipe/seed); it has"
        " segmentation/paper/0",
    ),
    exported(
        "an export into a folder's place",
        "--format word2vec --output broden",
        "broden: Is a directory; a folder lies where a file is to be written",
    ),
    exported(
        "an export of two tables into a file's place",
        "--format projector --output run.yaml",
        "run.yaml: File exists; a file lies where a folder is needed",
    ),
    exported(
        "an export beneath a file",
        "--format numpy --output run.yaml/a.npz",
        "run.yaml: File exists; a file lies where a folder is needed",
    ),
    exported(
        "an export of names that become the same word",
        "--format word2vec --output a.txt",
        "word2vec's format has no spaces: several concepts would be called a_b",
        attribute(STORE, "concepts", ["a b", "a_b", "c"]),
    ),
    Case(
        "word vectors that are not there",
        config({"word_vectors": "words"}),
        COMPARISON,
        "words: the word vectors cannot be read (No such file or directory)",
    ),
    words(
        "word vectors in another format",
        "sky 0.1 0.2\n",
        "words is not in word2vec's format: its first line should be the number of words and that of dimensions",
    ),
    words(
        "no word vectors at all",
        "",
        "words is not in word2vec's format: its first line should be the number of words and that of dimensions",
    ),
    words(
        "fewer words than the first line says",
        "2 2\nsky 1 2\n",
        "words is not in word2vec's format: the first line says 2 words, 1 follow",
    ),
    words(
        "a word with a number too few",
        "1 2\nsky 1\n",
        "words is not in word2vec's format: line 2, `sky`: 2 finite numbers are needed",
    ),
    words(
        "a word with a number that is none",
        "1 2\nsky 1 nan\n",
        "words is not in word2vec's format: line 2, `sky`: 2 finite numbers are needed",
    ),
    words(
        "a pickle of word vectors that would run code",
        pickle.dumps(Runs()),
        "words: not a pickle of gensim's KeyedVectors, which `model.wv.save` writes (posix.system is not a"
        " part of one)",
    ),
    words(
        "a pickle of something else",
        pickle.dumps({"sky": 1}),
        "words: not a pickle of gensim's KeyedVectors, which `model.wv.save` writes (it has no `key_to_index`)",
    ),
    Case(
        "a folder without WordNet",
        both(config({"wordnet": "dict"}), lambda: Path("dict").mkdir()),
        COMPARISON,
        "`wordnet`: dict/index.noun: No such file or directory; it should name WordNet's `dict` folder",
    ),
    Case(
        "a folder of another WordNet",
        both(config({"wordnet": "dict"}), text("dict/index.noun", "sky n 1 0 1 0\n"), text("dict/data.noun", "")),
        COMPARISON,
        "`wordnet`: dict/index.noun or data.noun is not in WordNet's format: there is no synset at 0",
    ),
]
