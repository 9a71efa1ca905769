import pytest
from hypothesis import given
from hypothesis import strategies as st

from net2vec_core.dataset.splits import draw_splits, split_images
from net2vec_core.errors import UserError
from net2vec_core.settings import SplitSettings

NAMES = [f"clip{number // 3}/{number}.jpg" for number in range(12)]


def splits_of(folder, text=None, names=NAMES, encoding="utf-8"):
    if text is not None:
        (folder / "split.csv").write_text(text, encoding=encoding)
    return split_images(names, folder, SplitSettings())


def message_of(*arguments):
    with pytest.raises(UserError) as caught:
        splits_of(*arguments)
    return str(caught.value)


@given(count=st.integers(2, 60), share=st.floats(0.01, 0.99), seed=st.integers(0, 9))
def test_val_has_its_share_and_no_split_is_empty(count, share, seed):
    splits = draw_splits([str(name) for name in range(count)], SplitSettings(val_share=share, seed=seed))
    assert splits.count("val") == min(max(1, round(share * count)), count - 1)


@given(st.lists(st.sampled_from("abcdefg"), min_size=2, max_size=40), st.floats(0.01, 0.99), st.integers(0, 9))
def test_no_group_is_split(groups, share, seed):
    settings = SplitSettings(val_share=share, seed=seed)
    if len(set(groups)) < 2:
        with pytest.raises(UserError, match="of different groups"):
            draw_splits(groups, settings)
        return
    splits = draw_splits(groups, settings)
    assert len(set(zip(groups, splits, strict=True))) == len(set(groups))
    assert set(splits) == {"train", "val"}


def test_splits_depend_on_seed_and_name_not_on_order():
    first, second = (draw_splits(NAMES, SplitSettings(seed=seed)) for seed in (0, 1))
    assert first != second
    assert draw_splits(NAMES[::-1], SplitSettings(seed=0)) == first[::-1]


def test_without_a_table_splits_are_drawn(tmp_path):
    assert splits_of(tmp_path) == draw_splits(NAMES, SplitSettings())


@pytest.mark.parametrize("named", [lambda name: name, lambda name: name.removesuffix(".jpg")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_the_table_says_which_with_or_without_suffixes_in_any_order(tmp_path, named, encoding):
    wanted = ["val" if number % 4 == 0 else "train" for number in range(12)]
    rows = [f"{named(name)},{split}" for name, split in zip(NAMES, wanted, strict=True)]
    assert splits_of(tmp_path, "\n".join(["image,split", *rows[::-1]]), NAMES, encoding) == wanted


def test_groups_of_the_table_stay_together(tmp_path):
    rows = [f"{name},{name.partition('/')[0]}" for name in NAMES]
    splits = splits_of(tmp_path, "\n".join(["image,group", *rows]))
    assert splits == draw_splits([name.partition("/")[0] for name in NAMES], SplitSettings())
    assert splits.count("val") == 3


@pytest.mark.parametrize(
    ("head", "change", "message"),
    [
        ("image,splt", {}, "no column `split` or `group`, one of which is needed; the columns are image, splt"),
        ("name,split", {}, "no column `image`; the columns are name, split"),
        ("image,split", {1: "clip0/1.jpg,test"}, "row 3: split `test` is none of train, val"),
        (
            "image,split",
            {1: "clip0/11.jpg,val"},
            "row 3: the data set has no image `clip0/11.jpg`; did you mean clip0/1.jpg, clip3/11.jpg, clip0/2.jpg?",
        ),
        ("image,split", {1: "clip0/0.jpg,val"}, "row 3: image `clip0/0.jpg` again"),
        ("image,split", {1: "clip0/0,val"}, "row 3: image `clip0/0.jpg` again"),
        ("image,split", {11: None, 10: None}, "no row for image `clip3/10.jpg` and 1 other"),
        ("image,group", {1: "clip0/1.jpg,"}, "row 3: the image has no group"),
    ],
)
def test_a_mistake_in_the_table_is_named(tmp_path, head, change, message):
    rows = {number: f"{name},{'val' if number % 4 == 0 else 'train'}" for number, name in enumerate(NAMES)} | change
    text = "\n".join([head, *(row for row in rows.values() if row)])
    assert message_of(tmp_path, text) == f"{tmp_path}/split.csv: {message}"


def test_a_group_in_both_splits_is_named(tmp_path):
    rows = [f"{name},{'val' if number == 4 else 'train'},{name[:5]}" for number, name in enumerate(NAMES)]
    text = "\n".join(["image,split,group", *rows])
    assert message_of(tmp_path, text) == f"{tmp_path}/split.csv: group `clip1` lies in train and in val"
