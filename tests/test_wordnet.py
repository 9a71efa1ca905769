import pytest

from net2vec_core.errors import UserError
from net2vec_core.wordnet import path_similarity

# synset: its words, and its hypernyms with their pointers
TREE = {
    "entity": (["entity"], []),
    "animal": (["animal"], [("@", "entity")]),
    "dog": (["dog", "domestic_dog"], [("@", "animal")]),
    "cat": (["cat"], [("@", "animal")]),
    "rex": (["Rex"], [("@i", "dog")]),
    "plant": (["plant"], [("@", "entity")]),
    "factory": (["plant", "works"], [("@", "entity")]),
    "lone": (["lone"], []),
}
LICENCE = "  1 This is not WordNet, but looks like it.\n"


def write_wordnet(folder):
    lines, places = {}, dict.fromkeys(TREE, 0)
    for _ in range(2):  # the second time with places that are known
        place = len(LICENCE)
        for synset, (words, above) in TREE.items():
            named = " ".join(f"{word} 0" for word in words)
            pointers = "".join(f"{kind} {places[to]:08d} n 0000 " for kind, to in above)
            lines[synset] = f"{place:08d} 03 n {len(words):02x} {named} {len(above):03d} {pointers}| a gloss  \n"
            places[synset] = place
            place += len(lines[synset])
    (folder / "data.noun").write_text(LICENCE + "".join(lines.values()))
    senses = {}
    for synset, (words, _) in TREE.items():
        for word in words:
            senses.setdefault(word.lower(), []).append(f"{places[synset]:08d}")
    index = [f"{word} n {len(of)} 1 @ {len(of)} 0 {' '.join(of)}  \n" for word, of in sorted(senses.items())]
    (folder / "index.noun").write_text(LICENCE + "".join(index))


def test_similarity_is_one_over_the_nodes_of_the_shortest_path(tmp_path):
    write_wordnet(tmp_path)
    names = ["dog", "Domestic Dog", "cat", "rex", "plant", "works", "lone", "not a noun"]
    found = path_similarity(tmp_path, names)
    assert found.index.tolist() == names[:-1]
    expected = {
        ("dog", "dog"): 1,
        ("dog", "Domestic Dog"): 1,
        ("dog", "cat"): 1 / 3,
        ("rex", "dog"): 1 / 2,
        ("rex", "cat"): 1 / 4,
        ("dog", "plant"): 1 / 4,
        ("plant", "works"): 1,
        ("lone", "dog"): 0,
    }
    for (first, second), similarity in expected.items():
        assert found.loc[first, second] == found.loc[second, first] == pytest.approx(similarity)


def test_what_is_missing_or_damaged_is_named(tmp_path):
    write_wordnet(tmp_path)
    (tmp_path / "data.noun").write_text(LICENCE)
    with pytest.raises(UserError, match="is not in WordNet's format"):
        path_similarity(tmp_path, ["dog"])
    (tmp_path / "data.noun").unlink()
    with pytest.raises(
        UserError, match=r"data\.noun: No such file or directory; it should name WordNet's `dict` folder"
    ):
        path_similarity(tmp_path, ["dog"])
