"""A name is connected to by its address, and must still prove to be that name."""

import asyncio
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from steward.oncall.deliver.allow_list import AllowList
from steward.oncall.deliver.http import Outgoing
from steward.oncall.deliver.verdict import Delivered, Retry, Verdict

pytestmark = pytest.mark.slow

NAME = "pages.example"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of NAME, signed by itself."""
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    subprocess.run(
        [*command, "-keyout", file.with_name("key"), "-out", file.with_name("crt")],
        check=True,
        capture_output=True,
    )
    file.write_bytes(file.with_name("key").read_bytes() + file.with_name("crt").read_bytes())
    return file


@pytest.fixture
def port(certificate: Path) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


async def send(port: int, name: str, trust: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> Verdict:
    async def here(*_: object, **__: object) -> list[tuple[object, object, object, str, tuple[str, int]]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", here)
    outgoing = Outgoing(AllowList(frozenset(), frozenset({(name, None)})), seconds=60, trust=trust)
    return await outgoing.post(f"https://{name}:{port}/", {}, called="it")


async def test_the_right_name_is_believed(port: int, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trust = ssl.create_default_context(cafile=str(certificate))
    assert isinstance(await send(port, NAME, trust, monkeypatch), Delivered)


async def test_another_name_is_not(port: int, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trust = ssl.create_default_context(cafile=str(certificate))
    verdict = await send(port, "other.example", trust, monkeypatch)
    assert isinstance(verdict, Retry)
    assert "its certificate does not hold" in verdict.why


async def test_a_stranger_s_certificate_is_not(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = await send(port, NAME, ssl.create_default_context(), monkeypatch)
    assert isinstance(verdict, Retry)
    assert "its certificate does not hold" in verdict.why
