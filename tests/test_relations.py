import numpy as np
import pandas as pd
import pytest

from net2vec_core.embedding import cosine_similarity
from net2vec_core.relations import find_relations, relation_summary, relations_table, share_matrix

NUMBER = 8
WHOLES, PARTS = [f"whole {n}" for n in range(NUMBER)], [f"part, {n}" for n in range(NUMBER)]
CATEGORIES = pd.Series(["object"] * NUMBER + ["part"] * NUMBER + ["color"] * 2, index=[*WHOLES, *PARTS, "red", "blue"])
LIES_WITHIN = pd.DataFrame(
    {
        "concept": [*PARTS, "part, 0", "whole 0"],
        "other": [*WHOLES, "whole 1", "red"],
        "share_within": [0.9] * NUMBER + [0.4, 0.7],
    }
)
SHARE = share_matrix(LIES_WITHIN, CATEGORIES.index)


def cosines(parts_are_like_wholes):
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(len(CATEGORIES), 60))
    if parts_are_like_wholes:
        vectors[NUMBER : 2 * NUMBER] = vectors[:NUMBER] + 0.3 * rng.normal(size=(NUMBER, 60))
    return cosine_similarity(pd.DataFrame(vectors, index=CATEGORIES.index))


def test_half_of_the_pixels_make_a_relation():
    table = relations_table(find_relations(CATEGORIES, SHARE), cosines(True), SHARE)
    parts = table[table["kind"] == "part of whole"]
    assert list(zip(parts["concept"], parts["other"], strict=True)) == list(zip(PARTS, WHOLES, strict=True))
    assert (parts["rank"] == 1).all()
    assert (parts["candidates"] == NUMBER).all()
    colour = table[table["kind"] == "thing of colour"]
    assert colour[["concept", "other", "share_within", "candidates"]].to_numpy().tolist() == [
        ["whole 0", "red", 0.7, 2]
    ]


@pytest.mark.parametrize(("planted", "significant"), [(True, True), (False, False)])
def test_planted_relations_are_found_and_noise_is_not(planted, significant):
    values = cosines(planted)
    rows = relation_summary(find_relations(CATEGORIES, SHARE), CATEGORIES, values, SHARE).set_index("kind")
    row = rows.loc["part of whole"]
    assert (row["p_value"] < 0.01) == significant
    assert row["pairs"] == NUMBER
    assert row["chance_rank"] == (NUMBER + 1) / 2
    near = values.to_numpy()[NUMBER : 2 * NUMBER, :NUMBER]
    assert row["mean_cosine"] == pytest.approx(np.diag(near).mean())
    assert row["other_cosine"] == pytest.approx(near[~np.eye(NUMBER, dtype=bool)].mean())
    assert (rows.loc["all pairs", "p_value"] < 0.05) == significant
    assert rows.loc["same category", "pairs"] == 2 * NUMBER * (NUMBER - 1) // 2 + 1


def test_no_relation_leaves_an_empty_table_and_a_row():
    nothing = np.zeros_like(SHARE)
    found = find_relations(CATEGORIES, nothing)
    assert relations_table(found, cosines(True), nothing).empty
    rows = relation_summary(found, CATEGORIES, cosines(True), nothing).set_index("kind")
    assert rows.loc["part of whole", "pairs"] == 0
    assert np.isnan(rows.loc["part of whole", "p_value"])
