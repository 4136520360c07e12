"""What a process writes on stderr."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

_PROGRAM = """
import logging
import httpx
import structlog
from steward.program.logs import configure_logging

configure_logging("api")
structlog.get_logger("ours").warning("the database cannot be used now", operation="purchase")
logging.getLogger("theirs").warning("%s is gone", "redis", extra={"color_message": "x", "attempt": 2})
try:
    1 / 0
except ZeroDivisionError:
    structlog.get_logger("ours").exception("unexpected error")
logging.getLogger("sqlalchemy.engine").info("not worth a line")
httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200))).get("https://hooks.example/secret")
"""


def test_every_log_is_one_json_object_a_line() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    ours, theirs, error = (json.loads(line) for line in done.stderr.splitlines())
    assert (ours["event"], ours["operation"], ours["level"]) == (
        "the database cannot be used now",
        "purchase",
        "warning",
    )
    assert (theirs["event"], theirs["attempt"], theirs["logger"]) == ("redis is gone", 2, "theirs")
    assert "color_message" not in theirs
    assert "ZeroDivisionError" in error["exception"]
    assert {record["service"] for record in (ours, theirs, error)} == {"api"}
    assert all(record["time"].endswith("Z") for record in (ours, theirs, error))
