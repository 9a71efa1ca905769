import pytest

from net2vec_core.dataset.files import image_files


@pytest.mark.parametrize("target", ["..", ".", "../../images"])
def test_a_link_to_a_folder_that_it_lies_in_is_not_followed(tmp_path, target):
    folder = tmp_path / "images"
    (folder / "clip").mkdir(parents=True)
    (folder / "clip" / "a.png").touch()
    (folder / "clip" / "loop").symlink_to(target)
    assert [name for name, _ in image_files(folder)] == ["clip/a"]


def test_a_link_to_another_folder_is_followed(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.png").touch()
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "clip").symlink_to("../elsewhere")
    assert [name for name, _ in image_files(tmp_path / "images")] == ["clip/a"]
