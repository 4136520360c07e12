"""`steward metrics`: from an address or a file to an inventory, and what is said when that cannot be."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from steward.cli import commands
from steward.model import read_inventory

TEXT = '# TYPE pump_litres_total counter\npump_litres_total{pump="a"} 1\npump_build_info{version="1.2"} 1\n'


def metrics(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(commands, ["metrics", *arguments], input=stdin)


@pytest.fixture
def exposed(tmp_path: Path) -> Path:
    path = tmp_path / "exposed.txt"
    path.write_text(TEXT)
    return path


class Program(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known = self.path == "/metrics"
        self.send_response(200 if known else 404)
        self.end_headers()
        self.wfile.write(TEXT.encode() if known else b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives
        pass


@pytest.fixture
def address() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Program) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_exposition_at_an_address_becomes_an_inventory_on_stdout(address: str) -> None:
    result = metrics("import", f"{address}/metrics", "--source", "pump")

    inventory = read_inventory(result.stdout)
    assert (inventory.source, inventory.version) == ("pump", "1.2")
    assert [metric.name for metric in inventory.metrics] == ["pump_build_info", "pump_litres_total"]


def test_exposition_may_come_from_stdin() -> None:
    result = metrics("import", "-", "--source", "pump", stdin=TEXT)

    assert read_inventory(result.stdout).version == "1.2"


def test_second_harvest_of_the_same_version_adds_to_the_file(exposed: Path, tmp_path: Path) -> None:
    output = tmp_path / "pump.json"
    metrics("import", str(exposed), "--source", "pump", "--output", str(output))
    exposed.write_text('# TYPE pump_litres_total counter\npump_litres_total{liquid="b"} 1\npump_new 1\n')

    result = metrics("import", str(exposed), "--source", "pump", "--version", "1.2", "--output", str(output))

    assert result.output == f"{output}: pump 1.2, 3 metrics, 1 new\n"
    labels = {metric.name: metric.labels for metric in read_inventory(output.read_text()).metrics}
    assert labels == {"pump_build_info": ("version",), "pump_litres_total": ("liquid", "pump"), "pump_new": ()}


def test_another_version_replaces_the_file(exposed: Path, tmp_path: Path) -> None:
    output = tmp_path / "pump.json"
    metrics("import", str(exposed), "--source", "pump", "--output", str(output))
    exposed.write_text("pump_new 1\n")

    metrics("import", str(exposed), "--source", "pump", "--version", "2", "--output", str(output))

    inventory = read_inventory(output.read_text())
    assert (inventory.version, [metric.name for metric in inventory.metrics]) == ("2", ["pump_new"])


def test_same_exposition_gives_the_same_file(exposed: Path, tmp_path: Path) -> None:
    output = tmp_path / "pump.json"
    metrics("import", str(exposed), "--source", "pump", "--output", str(output))
    before = output.read_bytes()

    metrics("import", str(exposed), "--source", "pump", "--output", str(output))

    assert output.read_bytes() == before


def test_nothing_that_answers_is_an_error_that_asks_for_the_port(unused_address: str) -> None:
    result = metrics("import", unused_address, "--source", "pump")

    assert result.exit_code == 1
    assert "cannot be reached" in result.stderr
    assert "its port?" in result.stderr


def test_https_of_a_program_that_speaks_http_is_explained(address: str) -> None:
    result = metrics("import", address.replace("http:", "https:"), "--source", "pump")

    assert result.exit_code == 1
    assert "plain http://" in result.stderr


def test_answer_other_than_200_is_an_error(address: str) -> None:
    result = metrics("import", f"{address}/other", "--source", "pump")

    assert result.exit_code == 1
    assert "answered 404" in result.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<html>", "web page"),
        ("a b c\n", "line 1"),
        ("a 1\n", "--version"),
        ('a_build_info{version="1"} 1\nb_build_info{version="2"} 1\n', "says 1, 2"),
    ],
)
def test_what_cannot_be_taken_is_an_error_that_says_what(text: str, message: str) -> None:
    result = metrics("import", "-", "--source", "pump", stdin=text)

    assert result.exit_code == 1
    assert message in result.stderr


def test_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    result = metrics("import", str(tmp_path / "nothing"), "--source", "pump")

    assert result.exit_code == 1
    assert "No such file" in result.stderr


def test_output_that_is_no_inventory_is_not_overwritten(exposed: Path, tmp_path: Path) -> None:
    output = tmp_path / "letter.txt"
    output.write_text("Dear Sir")

    result = metrics("import", str(exposed), "--source", "pump", "--output", str(output))

    assert result.exit_code == 1
    assert output.read_text() == "Dear Sir"


def test_output_in_a_folder_that_is_not_there_is_an_error(exposed: Path, tmp_path: Path) -> None:
    result = metrics("import", str(exposed), "--source", "pump", "--output", str(tmp_path / "a" / "b.json"))

    assert result.exit_code == 1
    assert "No such file" in result.stderr


def test_show_lists_the_inventories_and_their_metrics() -> None:
    assert "redis-exporter" in metrics("show").stdout

    lines = {line.split()[0]: line.split()[1:] for line in metrics("show", "redis-exporter").stdout.splitlines()}
    assert lines["redis_up"] == ["gauge"]


def test_show_reads_a_file(exposed: Path, tmp_path: Path) -> None:
    output = tmp_path / "pump.json"
    metrics("import", str(exposed), "--source", "pump", "--output", str(output))

    assert "pump_litres_total  counter    pump\n" in metrics("show", str(output)).stdout


def test_show_of_something_unknown_names_what_is_known() -> None:
    result = metrics("show", "pump")

    assert result.exit_code == 1
    assert "known: alertmanager, node-exporter" in result.stderr


@pytest.fixture
def unused_address() -> str:
    from steward.testing.ports import free_port

    return f"http://127.0.0.1:{free_port()}/metrics"
