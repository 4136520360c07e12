"""A service for tests, in one file: answers 200 on a port, and misbehaves as its arguments say.

    daemon.py EVENTS NAME PORT [--children N] [--stubborn] [--slow SECONDS]

It appends `start NAME` and `stop NAME` to the file EVENTS; in the same file each child writes its process id.
"""

import argparse
import http.server
import os
import signal
import socketserver
import subprocess
import sys
import time
from pathlib import Path


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class Server(socketserver.TCPServer):
    allow_reuse_address = True


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("events", type=Path)
    parser.add_argument("name")
    parser.add_argument("port", type=int)
    parser.add_argument("--children", type=int, default=0)
    parser.add_argument("--stubborn", action="store_true")
    parser.add_argument("--slow", type=float, default=0.0)
    options = parser.parse_args()

    def note(text: str) -> None:
        with options.events.open("a") as events:
            events.write(f"{text}\n")

    def stop(_number: int, _frame: object) -> None:
        note(f"stop {options.name}")
        sys.exit(0)

    note(f"start {options.name}")
    signal.signal(signal.SIGTERM, signal.SIG_IGN if options.stubborn else stop)
    for number in range(options.children):
        # The first stays in the service's session, as worker processes do; others leave it, as PostgreSQL's do.
        child = subprocess.Popen(["sleep", "600"], start_new_session=number > 0)
        note(f"child {child.pid}")
    time.sleep(options.slow)
    with Server(("127.0.0.1", options.port), Answer) as server:
        sys.stdout.write(f"{options.name} listens, pid {os.getpid()}\n")
        server.serve_forever(poll_interval=0.05)


main()
