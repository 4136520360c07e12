import socket
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from steward.cli import commands
from steward.instrument import Instruments, sidecar
from steward.instrument.exposition import OPENMETRICS, TEXT
from steward.model import Counter
from steward.testing.ports import free_port


@pytest.fixture
def client(tmp_path: Path) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(sidecar.sidecar_app(tmp_path))
    return httpx.AsyncClient(transport=transport, base_url="http://sidecar")


def _become_a_file(folder: Path) -> None:
    folder.rmdir()
    folder.touch()


async def test_it_answers_metrics_in_both_formats_and_its_health(client: httpx.AsyncClient) -> None:
    text = await client.get("/metrics")
    openmetrics = await client.get("/metrics", headers={"Accept": "application/openmetrics-text"})
    health = await client.get("/healthz")
    elsewhere = await client.get("/")

    assert (text.status_code, text.headers["content-type"]) == (200, TEXT)
    assert (openmetrics.status_code, openmetrics.headers["content-type"]) == (200, OPENMETRICS)
    assert openmetrics.text.endswith("# EOF\n")
    assert (health.status_code, health.text) == (200, "ok\n")
    assert elsewhere.status_code == 404


async def test_what_is_long_is_compressed(client: httpx.AsyncClient, tmp_path: Path) -> None:
    counters = [Counter(f"sold_{number}_total", "Sold.") for number in range(100)]
    instruments = Instruments(counters, directory=tmp_path)

    answer = await client.get("/metrics", headers={"Accept-Encoding": "gzip"})

    assert instruments.total(counters[99]) == 0
    assert answer.headers["content-encoding"] == "gzip"
    assert "\nsold_99_total 0.0\n" in answer.text


async def test_a_folder_that_is_no_longer_readable_is_an_error_of_that_scrape(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    _become_a_file(tmp_path)

    answer = await client.get("/metrics")

    assert (answer.status_code, answer.text) == (500, "the metrics cannot be read: Not a directory\n")
    assert (await client.get("/healthz")).status_code == 200


@pytest.mark.parametrize(
    ("listen", "wrong"),
    [
        ("9200", "--listen='9200': write it as host:port"),
        ("127.0.0.1:metrics", "--listen='127.0.0.1:metrics': write a whole number from 1 to 65535"),
        ("192.0.2.1:9200", "cannot listen on 192.0.2.1:9200: Cannot assign requested address; see --listen"),
    ],
)
def test_an_address_that_cannot_be_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], listen: str, wrong: str
) -> None:
    assert sidecar.main(["--directory", str(tmp_path), "--listen", listen]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == wrong


def test_a_port_that_is_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        assert sidecar.main(["--directory", str(tmp_path), "--listen", f"127.0.0.1:{port}"]) == 1
    assert capsys.readouterr().err == (
        f"127.0.0.1:{port} is taken by another program; stop that, or set --listen\n"
    )


def test_a_folder_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "file"
    file.touch()

    assert sidecar.main(["--directory", str(file)]) == 2
    assert capsys.readouterr().err == (
        f"--directory='{file}': Not a directory; give the folder in which the processes count,"
        " and run as the user they run as\n"
    )


def test_the_command_is_the_same_program(tmp_path: Path) -> None:
    shown = CliRunner().invoke(commands, ["sidecar", "--directory", str(tmp_path), "--listen", "9200"])

    assert (shown.exit_code, shown.output) == (2, "--listen='9200': write it as host:port\n")
