import collections
import hashlib
import json
import logging
import shutil

import pytest

from file_server import FileServer, serving
from net2vec_core.dataset import download
from net2vec_core.dataset.download import BLOCK, PAUSES, fetch, require_room
from net2vec_core.errors import UserError

CONTENT = bytes(range(256)) * 8192
DIGEST = hashlib.sha256(CONTENT).hexdigest()
HALF = len(CONTENT) // 2
OTHER = CONTENT[::-1]
Usage = collections.namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def paused(monkeypatch):
    """How long it waited, all told; nothing waits, and no proxy stands between."""
    seconds = []
    monkeypatch.setattr(download.time, "sleep", seconds.append)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return seconds


@pytest.fixture
def server():
    with serving(FileServer(CONTENT)) as found:
        yield found


def broken_off(server, path, at=HALF):
    """A first run that ends in the middle, as after a kill or a long failure of the network."""
    server.drops_after = [at] + [0] * len(PAUSES)
    message = message_of(fetch, server.url, path)
    server.requests.clear()
    return message


def message_of(function, *arguments):
    with pytest.raises(UserError) as caught:
        function(*arguments)
    return str(caught.value)


def assert_whole(path, content=CONTENT):
    assert path.read_bytes() == content
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_whole_file_is_fetched_at_once(server, tmp_path, paused):
    assert fetch(server.url, tmp_path / "a.zip") == DIGEST
    assert_whole(tmp_path / "a.zip")
    assert server.requests == [None]
    assert server.encodings == {"identity"}
    assert sum(paused) == 0


def test_the_digest_is_checked_and_logged(server, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    fetch(server.url, tmp_path / "a.zip", DIGEST)
    assert f"{tmp_path / 'a.zip'} has SHA-256 {DIGEST}" in caplog.messages


def test_another_digest_is_told_with_both_and_the_file_goes(server, tmp_path):
    assert message_of(fetch, server.url, tmp_path / "a.zip", "0" * 64) == (
        f"{server.url}: the file's SHA-256 is {DIGEST}, not {'0' * 64} as it should be; it was removed, so that the "
        "next run fetches it anew"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_taken_and_checked(tmp_path):
    (tmp_path / "a.zip").write_bytes(CONTENT)
    assert fetch("http://127.0.0.1:1", tmp_path / "a.zip", DIGEST) == DIGEST
    assert "SHA-256" in message_of(fetch, "http://127.0.0.1:1", tmp_path / "a.zip", "0" * 64)


def test_a_dropped_connection_is_carried_on_where_it_broke_off(server, tmp_path, paused):
    server.drops_after = [HALF, BLOCK + 1000]
    fetch(server.url, tmp_path / "a.zip")
    assert_whole(tmp_path / "a.zip")
    assert server.requests == [None, f"bytes={HALF}-", f"bytes={HALF + BLOCK}-"]
    assert sum(paused) == sum(PAUSES[:2])


def test_a_server_that_stays_away_ends_in_one_message_and_the_next_run_carries_on(server, tmp_path, paused):
    message = broken_off(server, tmp_path / "a.zip")
    assert message.startswith(f"{server.url}: cannot be fetched (")
    assert message.endswith("; what came so far is kept, and running again carries on")
    assert sum(paused) == sum(PAUSES)
    assert (tmp_path / "a.zip.part").stat().st_size == HALF
    assert not (tmp_path / "a.zip").exists()
    fetch(server.url, tmp_path / "a.zip", DIGEST)
    assert_whole(tmp_path / "a.zip")
    assert server.requests == [f"bytes={HALF}-"]


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again(server, tmp_path, status):
    server.statuses = [status, status]
    fetch(server.url, tmp_path / "a.zip")
    assert len(server.requests) == 3


@pytest.mark.parametrize("changes", [{"tag": None, "date": "Mon, 01 Jan 2018 00:00:00 GMT"}, {"tag": '"x"'}])
def test_a_part_is_carried_on_by_tag_or_date(server, tmp_path, changes):
    vars(server).update(changes)
    broken_off(server, tmp_path / "a.zip")
    fetch(server.url, tmp_path / "a.zip")
    assert_whole(tmp_path / "a.zip")
    assert server.requests == [f"bytes={HALF}-"]


@pytest.mark.parametrize("tag", [None, 'W/"weak"'])
def test_a_file_that_cannot_be_told_from_another_is_fetched_anew(server, tmp_path, tag):
    server.tag = tag
    broken_off(server, tmp_path / "a.zip")
    server.content = OTHER
    fetch(server.url, tmp_path / "a.zip")
    assert_whole(tmp_path / "a.zip", OTHER)


def test_a_server_that_ignores_ranges_gives_the_file_anew(server, tmp_path):
    broken_off(server, tmp_path / "a.zip")
    server.knows_ranges = False
    fetch(server.url, tmp_path / "a.zip")
    assert_whole(tmp_path / "a.zip")
    assert server.requests == [f"bytes={HALF}-"]


@pytest.mark.parametrize("checks_tags", [True, False])
@pytest.mark.parametrize("content", [OTHER, OTHER + b"more", OTHER[: HALF // 2]])
def test_a_file_that_changed_is_fetched_anew(server, tmp_path, checks_tags, content):
    broken_off(server, tmp_path / "a.zip")
    server.content, server.tag, server.checks_tags = content, '"two"', checks_tags
    fetch(server.url, tmp_path / "a.zip")
    assert_whole(tmp_path / "a.zip", content)
    assert server.requests == [f"bytes={HALF}-"] + [None] * (not checks_tags)


def test_a_file_of_another_length_under_the_same_tag_is_fetched_anew(server, tmp_path):
    broken_off(server, tmp_path / "a.zip")
    server.content = OTHER + b"more"
    fetch(server.url, tmp_path / "a.zip")
    assert_whole(tmp_path / "a.zip", OTHER + b"more")


@pytest.mark.parametrize("shift", [-10, 10])
def test_a_server_that_goes_on_at_another_place_gives_the_file_anew(server, tmp_path, shift):
    broken_off(server, tmp_path / "a.zip")
    server.shift = shift
    fetch(server.url, tmp_path / "a.zip")
    assert_whole(tmp_path / "a.zip")
    assert server.requests == [f"bytes={HALF}-", None]


def test_a_part_that_comes_without_its_length_and_breaks_off_is_carried_on(server, tmp_path):
    broken_off(server, tmp_path / "a.zip")
    server.says_length, server.drops_after = False, [BLOCK]
    fetch(server.url, tmp_path / "a.zip")
    assert_whole(tmp_path / "a.zip")
    assert server.requests == [f"bytes={HALF}-", f"bytes={HALF + BLOCK}-"]


def test_a_part_from_another_address_is_not_carried_on(server, tmp_path):
    broken_off(server, tmp_path / "a.zip")
    server.content = OTHER
    fetch(f"{server.url}/mirror", tmp_path / "a.zip")
    assert server.requests == [None]
    assert_whole(tmp_path / "a.zip", OTHER)


@pytest.mark.parametrize("record", ["", "[1]", '{"url": 1}', None])
def test_a_part_of_which_nothing_is_known_is_not_carried_on(server, tmp_path, record):
    (tmp_path / "a.zip.part").write_bytes(OTHER)
    if record is not None:
        (tmp_path / "a.zip.part.json").write_text(record)
    fetch(server.url, tmp_path / "a.zip")
    assert_whole(tmp_path / "a.zip")


def test_a_run_killed_between_the_last_byte_and_the_new_name_needs_no_server(tmp_path):
    (tmp_path / "a.zip.part").write_bytes(CONTENT)
    record = {"url": "http://127.0.0.1:1", "tag": '"one"', "length": len(CONTENT)}
    (tmp_path / "a.zip.part.json").write_text(json.dumps(record))
    assert fetch("http://127.0.0.1:1", tmp_path / "a.zip") == DIGEST
    assert_whole(tmp_path / "a.zip")


def test_a_server_that_does_not_say_how_long_the_file_is_will_do(server, tmp_path):
    server.says_length = False
    fetch(server.url, tmp_path / "a.zip")
    assert_whole(tmp_path / "a.zip")


@pytest.mark.parametrize("status", [403, 404])
def test_a_file_that_is_not_there_is_told_at_once(server, tmp_path, status, paused):
    server.statuses = [status]
    message = message_of(fetch, f"{server.url}/a.zip", tmp_path / "a.zip")
    words = {403: "Forbidden", 404: "Not Found"}[status]
    assert message == f"{server.url}/a.zip: cannot be fetched (the server says {status} {words})"
    assert sum(paused) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_cannot_be_reached_is_named(tmp_path):
    message = message_of(fetch, "http://127.0.0.1:1/a.zip", tmp_path / "a.zip")
    assert message.startswith("http://127.0.0.1:1/a.zip: cannot be fetched ([Errno ")
    assert "Connection refused); what came so far is kept" in message


def test_an_impossible_address_is_named_at_once(tmp_path, paused):
    assert message_of(fetch, "http://[", tmp_path / "a.zip").startswith("http://[: cannot be fetched (")
    assert sum(paused) == 0


def test_room_is_looked_for_before_the_file_comes(server, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, len(CONTENT) - 1))
    message = message_of(fetch, server.url, tmp_path / "a.zip")
    assert message == f"{tmp_path}: 2.1 MB are needed there, but the disk has 2.1 MB left"
    assert not (tmp_path / "a.zip.part").exists()


def test_only_the_rest_needs_room(server, tmp_path, monkeypatch):
    broken_off(server, tmp_path / "a.zip")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, len(CONTENT) - HALF))
    fetch(server.url, tmp_path / "a.zip")
    assert_whole(tmp_path / "a.zip")


def test_room_is_told_in_numbers_that_fit(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, 1_250_000))
    require_room(tmp_path, 1_250_000)
    message = message_of(require_room, tmp_path, 3_940_000_000)
    assert message == f"{tmp_path}: 3.9 GB are needed there, but the disk has 1.2 MB left"


def test_progress_is_logged_with_how_much_came(server, tmp_path, caplog, monkeypatch):
    monkeypatch.setattr("net2vec_core.progress.SECONDS_BETWEEN_LINES", 0)
    caplog.set_level(logging.INFO)
    fetch(server.url, tmp_path / "a.zip")
    assert any(line.startswith("fetching a.zip: 2.10MB of 2.10MB, ") for line in caplog.messages)
