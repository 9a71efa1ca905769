import collections
import shutil
import stat
import zipfile
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from net2vec_core.dataset.archive import unpack
from net2vec_core.errors import UserError

TABLES = ("index.csv", "label.csv")
FILES = {"index.csv": b"image\n", "label.csv": b"number\n", "images/a.jpg": b"A" * 5000, "images/deep/b.png": b"B"}
Usage = collections.namedtuple("Usage", "total used free")


def zipped(path, files, prefix=""):
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name if isinstance(name, ZipInfo) else prefix + name, content)
    return path


def special(name, kind):
    member = ZipInfo(name)
    member.create_system = 3
    member.external_attr = (kind | 0o777) << 16
    return member


def message_of(*arguments):
    with pytest.raises(UserError) as caught:
        unpack(*arguments)
    return str(caught.value)


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("prefix", ["", "broden1_224/", "a/b/"])
def test_the_folder_that_holds_the_tables_is_unpacked(tmp_path, prefix):
    archive = zipped(tmp_path / "a.zip", FILES, prefix)
    unpack(archive, tmp_path / "data", TABLES)
    assert tree(tmp_path / "data") == FILES
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "data"]


def test_what_was_there_before_is_replaced(tmp_path):
    for place in ("data/images", ".data.partial/images"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "old.jpg").touch()
    unpack(zipped(tmp_path / "a.zip", FILES), tmp_path / "data", TABLES)
    assert tree(tmp_path / "data") == FILES


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("../evil", "would lie outside the folder"),
        ("images/../../evil", "would lie outside the folder"),
        ("images/..", "would lie outside the folder"),
        ("..\\evil", "would lie outside the folder"),
        ("images\\..\\..\\evil", "would lie outside the folder"),
        ("/evil", "has an absolute path"),
        ("//evil", "has an absolute path"),
        ("\\evil", "has an absolute path"),
        ("C:evil", "has an absolute path"),
        ("c:\\evil", "has an absolute path"),
        ("\\\\server\\share\\evil", "has an absolute path"),
        (special("link", stat.S_IFLNK), "is a link"),
        (special("pipe", stat.S_IFIFO), "is neither a file nor a folder"),
        (special("device", stat.S_IFBLK), "is neither a file nor a folder"),
    ],
    ids=str,
)
def test_a_hostile_member_is_named_and_nothing_is_written(tmp_path, name, wrong):
    home = tmp_path / "home"
    home.mkdir()
    archive = zipped(home / "a.zip", FILES | {name: b"/etc/passwd"})
    shown = name.filename if isinstance(name, ZipInfo) else name
    assert message_of(archive, home / "data", TABLES) == (
        f"{archive}: its member {shown!r} {wrong}; nothing was unpacked"
    )
    assert [path.name for path in tmp_path.rglob("*")] == ["home", "a.zip"]


@pytest.mark.parametrize("name", ["...", "a..b", "images/.hidden", "images/c d, e.jpg", "images/Größe.png", "a\nb"])
def test_an_odd_name_is_not_hostile(tmp_path, name):
    unpack(zipped(tmp_path / "a.zip", FILES | {name: b"x"}), tmp_path / "data", TABLES)
    assert (tmp_path / "data" / name).read_bytes() == b"x"


def test_an_encrypted_member_is_refused(tmp_path):
    archive = zipped(tmp_path / "a.zip", FILES)
    content = bytearray(archive.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    archive.write_bytes(content)
    assert "its member 'images/deep/b.png' is encrypted; nothing was unpacked" in message_of(
        archive, tmp_path / "data", TABLES
    )


def test_the_unpacked_size_must_fit_the_disk(tmp_path, monkeypatch):
    archive = zipped(tmp_path / "a.zip", FILES | {"bomb": bytes(300_000_000)})
    assert archive.stat().st_size < 400_000
    on_disk = 300_000_000 // 4096 * 4096 + 4096 + 2 * 4096 + 8192 + 4096
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, on_disk - 1))
    message = message_of(archive, tmp_path / "data", TABLES)
    assert message == f"{tmp_path}: 0.3 GB are needed there, but the disk has 0.3 GB left"
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_a_member_never_grows_beyond_the_size_it_declares(tmp_path):
    archive = zipped(tmp_path / "a.zip", FILES | {"bomb": bytes(1_000_000)})
    content = archive.read_bytes()
    archive.write_bytes(content.replace((1_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    assert f"{archive}: damaged (Bad CRC-32 for file 'bomb')" in message_of(archive, tmp_path / "data", TABLES)


@pytest.mark.parametrize("damage", ["cut", "text", "empty", "flipped"])
def test_a_damaged_archive_goes_so_that_it_is_fetched_anew(tmp_path, damage):
    archive = zipped(tmp_path / "a.zip", FILES)
    whole = archive.read_bytes()
    flipped = whole.replace(b"PK\x01\x02", b"PK\x01\x03")
    archive.write_bytes({"cut": whole[:-50], "text": b"<html>", "empty": b"", "flipped": flipped}[damage])
    message = message_of(archive, tmp_path / "data", TABLES)
    assert message.startswith(f"{archive}: damaged (")
    assert message.endswith("; it was removed, so that the next run fetches it anew")
    assert list(tmp_path.iterdir()) == []


def test_an_archive_of_something_else_is_told(tmp_path):
    archive = zipped(tmp_path / "a.zip", {"index.csv": b"", "other/label.csv": b""})
    assert message_of(archive, tmp_path / "data", TABLES) == (
        f"{archive}: no folder of the archive holds index.csv, label.csv"
    )


def test_a_run_that_is_stopped_half_way_leaves_nothing_half_unpacked(tmp_path, monkeypatch):
    archive = zipped(tmp_path / "a.zip", FILES)
    extract, seen = zipfile.ZipFile.extract, []

    def interrupted(self, member, path):
        seen.append(member.filename)
        if len(seen) == 3:
            raise KeyboardInterrupt
        return extract(self, member, path)

    monkeypatch.setattr(zipfile.ZipFile, "extract", interrupted)
    with pytest.raises(KeyboardInterrupt):
        unpack(archive, tmp_path / "data", TABLES)
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]
    unpack(archive, tmp_path / "data", TABLES)
    assert tree(tmp_path / "data") == FILES
