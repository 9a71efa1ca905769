import pandas as pd

from net2vec_core.contents import LINES, describe_concepts, describe_images, describe_left_out


def test_images_are_counted_by_split_with_their_sizes():
    images = pd.DataFrame({"split": ["train", "val", "train"], "height": [20, 30, 25], "width": [40, 40, 40]})
    nothing = pd.DataFrame({"image": [], "reason": []})
    assert list(describe_images(images, nothing, 2)) == [
        "3 images: 2 train and 1 val; 40 × 20–30 pixels (width × height); up to 2 planes of masks"
    ]


def test_images_that_are_left_out_are_listed_up_to_a_number():
    images = pd.DataFrame({"split": ["train"], "height": [20], "width": [40]})
    skipped = pd.DataFrame({"image": "x", "reason": [f"{number}.jpg: damaged" for number in range(LINES + 3)]})
    _, head, *lines, last = describe_images(images, skipped, 1)
    assert head == f"{LINES + 3} of {LINES + 4} images are left out:"
    assert lines == [f"  {number}.jpg: damaged" for number in range(LINES)]
    assert last == "  … and 3 more"


def test_concepts_come_by_category_those_in_most_images_first():
    studied = pd.DataFrame(
        [
            ("sky", "object", True, 3, 2, 0.25),
            ("NA", "lesion", True, 7, 1, 0.001),
            ("tree", "object", False, 1200, 5, 1.0),
        ],
        columns=["name", "category", "pixel_level", "train_images", "val_images", "mean_coverage"],
    )
    assert list(describe_concepts(studied)) == [
        "3 concepts are studied",
        "object: 2 concepts, 1 of them of whole images",
        "        train images  val images  mean coverage",
        "  tree         1,200           5        100.00%",
        "  sky              3           2         25.00%",
        "lesion: 1 concepts",
        "        train images  val images  mean coverage",
        "  NA               7           1          0.10%",
    ]


def test_concepts_that_are_left_out_are_listed_with_the_reason():
    left_out = pd.DataFrame([("sky", "object", "too few")], columns=["name", "category", "reason"])
    assert list(describe_left_out(left_out)) == ["1 concepts are left out:", "  sky (object): too few"]
    assert list(describe_left_out(left_out[:0])) == []
