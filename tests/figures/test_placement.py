import numpy as np
from matplotlib.figure import Figure

from net2vec_core.figures.placement import label_points


def axes_with(points):
    axes = Figure(figsize=(4, 4)).add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 1), ylim=(0, 1))
    return axes, np.array(points)


def test_a_name_stands_to_the_right_where_there_is_room():
    axes, points = axes_with([[0.5, 0.5]])
    (label,) = label_points(axes, points, {0: "sky"})
    assert label.xyann[0] > 0
    assert abs(label.xyann[1]) < 1


def test_at_the_right_edge_a_name_stands_to_the_left():
    axes, points = axes_with([[0.98, 0.5]])
    (label,) = label_points(axes, points, {0: "sky"})
    assert label.xyann[0] < 0


def test_a_name_without_room_is_left_out():
    axes, points = axes_with([[0.5, 0.5]])
    assert label_points(axes, points, {0: "a name much longer than the figure is wide, " * 5}) == []
    assert not axes.texts


def test_names_of_one_place_go_to_different_sides():
    axes, points = axes_with([[0.5, 0.5]] * 6)
    labels = label_points(axes, points, dict(enumerate("abcdef")))
    assert len({label.xyann for label in labels}) == 6
