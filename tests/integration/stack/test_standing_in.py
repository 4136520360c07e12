"""A service at the port of one that does not run natively."""

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from tests.integration.stack.conftest import Project

pytestmark = pytest.mark.slow

SERVICES = """
Service(
    'console', 'Console', ports=(Port({port}),), ready=HttpProbe('/'), arguments=('-c', {text!r}, '{{port}}'),
    native=Native(PYTHON, environment=(('ALSO', '{{address.boards}}'),), stands_in_for='boards'),
),
Service('boards', 'Boards', ports=(Port(3000, published={boards}),))
"""
LISTEN = """
import http.server, os, sys, threading
for port in (sys.argv[1], os.environ["ALSO"].partition(":")[2]):
    server = http.server.HTTPServer(("127.0.0.1", int(port)), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=server.serve_forever).start()
"""


def test_it_answers_at_both_ports_of_which_one_can_be_moved(
    project: "Project", free_port: Callable[[], int]
) -> None:
    port, boards, moved = free_port(), free_port(), free_port()
    project.catalogue(SERVICES.format(port=port, boards=boards, text=LISTEN))
    with socket.create_server(("127.0.0.1", boards)):
        refused = project.steward("up", "--detach")
        assert refused.code == 1
        assert f"port {boards}, which console needs, is taken by" in refused.err
        assert "STEWARD_PORT_BOARDS=NUMBER" in refused.err

        project.environ["STEWARD_PORT_BOARDS"] = str(moved)
        project.up()

    for number in (port, moved):
        assert httpx.get(f"http://127.0.0.1:{number}/").status_code == 200
    assert project.service("console")["ports"] == {"http": port, "boards": moved}
    assert f"{port}, {moved}" in project.steward("status").out
    assert f"{port}, {moved}" in project.steward("doctor").out
