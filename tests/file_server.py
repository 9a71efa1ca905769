"""A web server on this machine that serves one file, with the vices of real ones."""

import contextlib
import http.server
import re
import threading
from dataclasses import dataclass, field


def _set():
    event = threading.Event()
    event.set()
    return event


@dataclass
class FileServer:
    """What it serves and how.

    `requests` keeps the `Range` headers it has seen, None where there was none; `encodings` those of the content.
    """

    content: bytes = b""
    tag: str | None = '"one"'
    date: str | None = None
    knows_ranges: bool = True
    checks_tags: bool = True
    says_length: bool = True
    statuses: list = field(default_factory=list)  # answers to the first requests instead of the file
    drops_after: list = field(default_factory=list)  # bytes after which the first answers break off
    shift: int = 0  # bytes by which the place of a part differs from that asked for
    may_answer: threading.Event = field(default_factory=_set)
    requests: list = field(default_factory=list)
    encodings: set = field(default_factory=set)
    url: str = ""


@contextlib.contextmanager
def serving(server):
    """Serve until the block ends, whatever the path that is asked for."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            server.requests.append(self.headers["Range"])
            server.encodings.add(self.headers["Accept-Encoding"])
            server.may_answer.wait(60)
            if server.statuses:
                return self.answer(server.statuses.pop(0), b"")
            first, content = self.first_byte(), server.content
            if first >= len(content) > 0:
                return self.answer(416, b"")
            return self.answer(206 if first else 200, content[first:], first)

        def first_byte(self):
            asked = re.fullmatch(r"bytes=(\d+)-", self.headers["Range"] or "")
            same = self.headers["If-Range"] in (None, server.tag, server.date) or not server.checks_tags
            return int(asked[1]) + server.shift if asked and server.knows_ranges and same else 0

        def answer(self, status, content, first=0):
            self.send_response(status)
            last = len(server.content) - 1
            headers = {
                "ETag": server.tag,
                "Last-Modified": server.date,
                "Content-Length": str(len(content)) if server.says_length else None,
                "Content-Range": f"bytes {first}-{last}/{last + 1}" if status == 206 else None,
            }
            for name in filter(headers.get, headers):
                self.send_header(name, headers[name])
            self.end_headers()
            self.wfile.write(content[: server.drops_after.pop(0)] if server.drops_after else content)

        def log_message(self, *_arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        server.url = f"http://127.0.0.1:{httpd.server_port}"
        thread = threading.Thread(target=httpd.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            httpd.shutdown()
            thread.join()
