import numpy as np

from build import random_scene
from net2vec_core.cooccurrence import cooccurrence_table, count_common


def test_common_pixels_equal_a_loop_whatever_the_threads():
    scene = random_scene(seed=3, images=50)
    found = count_common(scene.labels, threads=1)
    masks = [[(planes == number).any(0) for number in scene.numbers] for planes in scene.planes]
    for first in range(3):
        for second in range(3):
            held = [of_image for of_image in masks if of_image[first].any() and of_image[second].any()]
            assert found.pixels[first, second] == sum((image[first] & image[second]).sum() for image in held)
            assert found.images[first, second] == len(held)
    again = count_common(scene.labels, threads=3)
    np.testing.assert_array_equal(again.pixels, found.pixels)


def test_table_has_both_ways_of_every_pair_that_some_image_holds():
    scene = random_scene(seed=3, images=50)
    found = count_common(scene.labels, threads=1)
    table = cooccurrence_table(["a", "b, c", "d"], found).set_index(["concept", "other"])
    assert set(table.index) == {(x, y) for x in ("a", "b, c", "d") for y in ("a", "b, c", "d") if x != y}
    assert table.loc[("a", "b, c"), "share_within"] == found.pixels[0, 1] / found.pixels[0, 0]
    assert table.loc[("b, c", "a"), "share_within"] == found.pixels[0, 1] / found.pixels[1, 1]
