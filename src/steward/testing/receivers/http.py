"""What the receivers that speak HTTP have in common."""

import json
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from steward.testing.receivers.letters import Content, Letters, Received

_HOST = "127.0.0.1"
_MOST_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver says."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Malformed(Exception):
    """The message breaks a rule of the receiver."""


class HttpReceiver:
    """A server that keeps what it accepts, and keeps its objections in `problems`."""

    path = "/"

    def __init__(self, letters: Letters) -> None:
        self.letters = letters
        self.problems: list[str] = []
        """Why messages were refused as malformed; empty when the sender is right."""
        self.down = False
        """While it is true everything is answered with 503, and nothing is kept."""
        self.calls = 0
        self._answers: deque[Answer] = deque()
        self._server = ThreadingHTTPServer((_HOST, 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def host(self) -> str:
        """Host and port."""
        return f"{_HOST}:{self._server.server_port}"

    @property
    def url(self) -> str:
        """The address to send to."""
        return f"http://{self.host}{self.path}"

    def answer_next(self, *answers: Answer) -> None:
        """Give these answers to the next requests, in turn, whatever they bring; nothing of those is kept."""
        self._answers.extend(answers)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Listen during the block."""
        self._thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Judge one request."""
        self.calls += 1
        if self._answers:
            return self._answers.popleft()
        if self.down:
            return Answer(503, "down")
        if path != self.path:
            return Answer(404, "no_service")
        try:
            require(len(body) <= _MOST_BYTES, f"{len(body)} bytes are too many")
            content = _decoded(body, headers)
            letter = self.read(content)
        except Malformed as error:
            self.problems.append(str(error))
            return self.objection(str(error))
        self.letters.put(letter)
        return self.thanks(content)

    def read(self, content: Content) -> Received:
        """Return what was told; raises Malformed."""
        raise NotImplementedError

    def thanks(self, _content: Content) -> Answer:
        """Return the answer to a message that was taken."""
        return Answer(200, "ok")

    def objection(self, problem: str) -> Answer:
        """Return the answer to a message that breaks a rule."""
        return Answer(400, problem)


def require(condition: bool, problem: str) -> None:
    """Raise Malformed unless the condition holds."""
    if not condition:
        raise Malformed(problem)


def _decoded(body: bytes, headers: Mapping[str, str]) -> Content:
    require(headers.get("Content-Type", "").startswith("application/json"), "invalid_payload: not JSON")
    try:
        content: Content = json.loads(body)
    except ValueError:
        raise Malformed("invalid_payload: not JSON") from None
    require(isinstance(content, dict), "invalid_payload: not an object")
    return content


def _handler(receiver: HttpReceiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            answer = receiver.take(self.path, dict(self.headers), body)
            content = answer.body.encode()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
