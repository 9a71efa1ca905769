"""Archives that are not what they should be; nothing of them lands outside their folder."""

import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

from bad_input.frame import Case
from bad_input.spoiling import both, config, cut, nothing, text

FILE = "cache/broden1_224.zip"
DOWNLOAD = "download --config run.yaml"
TABLES = dict.fromkeys(("broden1_224/index.csv", "broden1_224/label.csv", "broden1_224/category.csv"), "number,name")


def fetched(**keys: Any) -> Callable[[], object]:
    return config({"dataset.path": None, "dataset.broden": {"download": True, **keys}})


def archive(name: str, members: dict[str, str], message: str, **options: Any) -> Case:
    """An archive in the cache, as a download leaves it, of members by their names in it."""
    return Case(name, both(fetched(), lambda: _write(members)), DOWNLOAD, message, **options)


def _write(members: dict[str, str]) -> None:
    Path(FILE).parent.mkdir()
    with zipfile.ZipFile(FILE, "w") as file:
        for name, content in members.items():
            member = zipfile.ZipInfo(name)
            member.external_attr = (stat.S_IFLNK if content.startswith("->") else stat.S_IFREG) << 16
            file.writestr(member, content)


CASES = [
    archive(
        "an archive that climbs out of its folder",
        {**TABLES, "../evil.txt": "!"},
        "cache/broden1_224.zip: its member '../evil.txt' would lie outside the folder; nothing was unpacked",
    ),
    archive(
        "an archive that climbs out of its folder, further in",
        {**TABLES, "broden1_224/../../evil.txt": "!"},
        "cache/broden1_224.zip: its member 'broden1_224/../../evil.txt' would lie outside the folder;"
        " nothing was unpacked",
    ),
    archive(
        "an archive with an absolute path",
        {**TABLES, "/tmp/evil.txt": "!"},
        "cache/broden1_224.zip: its member '/tmp/evil.txt' has an absolute path; nothing was unpacked",
    ),
    archive(
        "an archive with a path of Windows",
        {**TABLES, r"C:\evil.txt": "!"},
        "cache/broden1_224.zip: its member 'C:\\\\evil.txt' has an absolute path; nothing was unpacked",
    ),
    archive(
        "an archive with a link",
        {**TABLES, "broden1_224/images": "->/etc"},
        "cache/broden1_224.zip: its member 'broden1_224/images' is a link; nothing was unpacked",
    ),
    archive(
        "an archive of other data",
        {"readme.txt": "hello"},
        "cache/broden1_224.zip: no folder of the archive holds category.csv, index.csv, label.csv",
    ),
    archive(
        "an archive that needs more room than there is",
        TABLES,
        "cache: … are needed there, but the disk has 0.0 MB left",
        patch=("shutil.disk_usage", lambda _path: mock.Mock(free=100)),
    ),
    Case(
        "half an archive",
        both(fetched(), lambda: _write(TABLES), cut(FILE)),
        DOWNLOAD,
        "cache/broden1_224.zip: damaged (File is not a zip file); it was removed, so that the next run fetches it anew",
        removes=FILE,
    ),
    Case(
        "a web page saved as an archive",
        both(fetched(), text(FILE, "<html>")),
        DOWNLOAD,
        "cache/broden1_224.zip: damaged (File is not a zip file); it was removed, so that the next run fetches it anew",
        removes=FILE,
    ),
    Case(
        "an archive of another digest",
        both(fetched(sha256="0" * 64), lambda: _write(TABLES)),
        DOWNLOAD,
        "http://netdissect.csail.mit.edu/data/broden1_224.zip: the file's SHA-256 is …, not 0000… as it"
        " should be; it was removed, so that the next run fetches it anew",
        removes=FILE,
    ),
    Case(
        "a server that cannot be reached",
        fetched(url="http://127.0.0.1:1/data"),
        DOWNLOAD,
        "http://127.0.0.1:1/data/broden1_224.zip: cannot be fetched ([Errno 111] Connection refused); what"
        " came so far is kept, and running again carries on",
        patch=("net2vec_core.dataset.download.PAUSES", ()),
    ),
    Case(
        "nothing to fetch",
        nothing,
        DOWNLOAD,
        "run.yaml: nothing to fetch; that takes reader `broden` and `dataset.broden.download: true`",
    ),
]
