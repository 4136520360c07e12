"""A Grafana for tests: its HTTP API for dashboards and folders, after the contract in tests/contract/grafana.

with FakeGrafana().running() as grafana:
    client = Grafana(grafana.url, grafana.token)
"""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import unquote, urlsplit

HOST = "127.0.0.1"
TOKEN = "glsa_of-a-service-account"  # noqa: S105 - of a fake
Json = Any


@dataclass(frozen=True, slots=True)
class Kept:
    """A dashboard that was saved."""

    content: dict[str, Json]
    folder: str
    message: str
    provisioned: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a request."""

    status: int
    body: Json


@dataclass(slots=True)
class FakeGrafana:
    """Its state, open to the test, and the server in front of it."""

    token: str = TOKEN
    dashboards: dict[str, Kept] = field(default_factory=dict)
    """By uid."""
    folders: dict[str, str] = field(default_factory=dict)
    """Title by uid."""
    url: str = ""
    """Where it answers, while it runs."""
    requests: list[str] = field(default_factory=list)
    """Method and path of each request."""

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Listen on a free port of loopback during the block."""
        server = ThreadingHTTPServer((HOST, 0), _handler(self))
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        self.url = f"http://{HOST}:{server.server_port}"
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def keep(self, content: Mapping[str, Json], *, folder: str = "", message: str = "", file: bool = False) -> int:
        """Save as a user does in the browser, or as Grafana does from a file; return the version."""
        uid = str(content["uid"])
        before = self.dashboards.get(uid)
        number = before.content["id"] if before else len(self.dashboards) + 1
        version = before.content["version"] + 1 if before else 1
        kept = {**content, "id": number, "version": version}
        self.dashboards[uid] = Kept(kept, folder, message, file)
        return version

    def answer(self, method: str, path: str, authorization: str, body: Json) -> Answer:
        """Judge one request."""
        self.requests.append(f"{method} {path}")
        if authorization != f"Bearer {self.token}":
            return Answer(401, {"message": "Invalid API key" if authorization else "Unauthorized"})
        what, _, uid = path.removeprefix("/api/").rpartition("/")
        match method, what or uid:
            case "GET", "dashboards/uid":
                return self._dashboard(uid)
            case "GET", "folders" if what:
                return self._folder(uid)
            case "POST", "dashboards" if uid == "db":
                return self._save(body)
            case "POST", "folders":
                return self._make_folder(body)
        return Answer(404, {"message": "Not found"})

    def _dashboard(self, uid: str) -> Answer:
        kept = self.dashboards.get(uid)
        if kept is None:
            return Answer(404, {"message": "Dashboard not found", "status": "not-found"})
        slug = _slug(kept.content["title"])
        meta = {
            "isStarred": False,
            "url": f"/d/{uid}/{slug}",
            "slug": slug,
            "folderId": 0,
            "folderUid": kept.folder,
            "provisioned": kept.provisioned,
            "version": kept.content["version"],
        }
        return Answer(200, {"dashboard": kept.content, "meta": meta})

    def _save(self, body: Json) -> Answer:
        content = body.get("dashboard") if isinstance(body, dict) else None
        if not isinstance(content, dict):
            return Answer(400, {"message": "bad request data"})
        if refusal := self._refusal(content, body):
            return refusal
        version = self.keep(content, folder=body.get("folderUid") or "", message=body.get("message") or "")
        uid, slug = content["uid"], _slug(content["title"])
        return Answer(
            200,
            {
                "id": self.dashboards[uid].content["id"],
                "uid": uid,
                "url": f"/d/{uid}/{slug}",
                "slug": slug,
                "status": "success",
                "version": version,
            },
        )

    def _refusal(self, content: Mapping[str, Json], body: Mapping[str, Json]) -> Answer | None:
        before = self.dashboards.get(content["uid"])
        if not content.get("title"):
            return Answer(400, {"message": "Dashboard title cannot be empty", "status": "empty-name"})
        if body.get("folderUid") and body["folderUid"] not in self.folders:
            return Answer(400, {"message": "folder not found"})
        if before and before.provisioned:
            return Answer(400, {"message": "Cannot save provisioned dashboard"})
        if before and not body.get("overwrite") and content.get("version") != before.content["version"]:
            message = "The dashboard has been changed by someone else"
            return Answer(412, {"message": message, "status": "version-mismatch"})
        return None

    def _folder(self, uid: str) -> Answer:
        if uid not in self.folders:
            return Answer(404, {"message": "folder not found", "status": "not-found"})
        return Answer(200, self._folder_fields(uid))

    def _make_folder(self, body: Json) -> Answer:
        if not isinstance(body, dict) or not body.get("title"):
            return Answer(400, {"message": "folder title cannot be empty"})
        if body["uid"] in self.folders:
            return Answer(409, {"message": "a folder with the same uid already exists"})
        self.folders[body["uid"]] = body["title"]
        return Answer(200, self._folder_fields(body["uid"]))

    def _folder_fields(self, uid: str) -> dict[str, Json]:
        title = self.folders[uid]
        number = list(self.folders).index(uid) + 1
        return {
            "id": number,
            "uid": uid,
            "title": title,
            "url": f"/dashboards/f/{uid}/{_slug(title)}",
            "version": 1,
        }


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def _handler(grafana: FakeGrafana) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            path = unquote(urlsplit(self.path).path)
            told = grafana.answer(self.command, path, self.headers.get("Authorization", ""), _parsed(sent))
            content = json.dumps(told.body).encode()
            self.send_response(told.status)
            self.send_header("Content-Type", "application/json; charset=UTF-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def _parsed(sent: bytes) -> Json:
    try:
        return json.loads(sent) if sent else None
    except ValueError:
        return None
