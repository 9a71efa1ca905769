import pandas as pd
import pytest

from finished_run import HOSTILE
from net2vec_core.report.tables import OF_LAYER, columns, read_named, records


@pytest.mark.parametrize("name", OF_LAYER)
def test_columns_are_those_of_the_csv(results, name):
    path = results.table("net", "early", name)
    read = columns(read_named(path))
    raw = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert list(read) == list(raw)
    for column, values in read.items():
        for value, cell in zip(values, raw[column], strict=True):
            assert (value is None) == (cell == "")
            if isinstance(value, (bool, str)):
                assert str(value) == cell
            elif value is not None:
                assert float(value) == float(cell)


def test_a_name_that_looks_like_a_number_is_text(results):
    for name in ("segmentation", "units", "map", "concept_deciles", "filter_overlap"):
        table = read_named(results.table("net", "early", name))
        assert all(isinstance(value, str) for value in table["concept" if "concept" in table else "concepts"].dropna())
    assert {"1984", HOSTILE} <= set(read_named(results.table("net", "early", "segmentation"))["concept"])


def test_numbers_of_concepts_stay_numbers(results):
    assert columns(read_named(results.table("net", "early", "gain_trends")))["concepts"][0] == 8
    assert columns(read_named(results.table("net", "early", "overlap_histogram")))["concepts"][0] == 0


def test_records_are_rows_by_column():
    assert records(pd.DataFrame({"kind": ["a", "b"], "pairs": [1, 2]}))[1] == {"kind": "b", "pairs": 2}
