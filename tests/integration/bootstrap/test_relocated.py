"""The real Alertmanager, whose templates Debian lets it read in one place only, as an unpacked copy."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from steward.compile.alertmanager import alertmanager_yml
from steward.compile.placement import containers
from steward.model import Catalogue, components
from steward.stack.programs import find, unpacked_places
from steward.stack.relocate import relocate
from steward.testing.polling import eventually
from steward.testing.ports import free_port

ALERTMANAGER = components.alertmanager("v0").native
assert ALERTMANAGER
PROGRAM = ALERTMANAGER.program
BARE = Catalogue("bare", "Bare")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path(PROGRAM.built_for or "").is_dir(), reason="it is unpacked already"),
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Lay the installed files out as `dpkg-deb -x` does."""
    root, installed = tmp_path / "root", find(PROGRAM, None).path
    (root / "usr/bin").mkdir(parents=True)
    shutil.copy(installed, root / "usr/bin")
    assert PROGRAM.built_for
    shutil.copytree(PROGRAM.built_for, root / PROGRAM.built_for.lstrip("/"), symlinks=True)
    relocate([PROGRAM], root)
    return root


@contextmanager
def started(root: Path, tmp_path: Path) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    (tmp_path / "alertmanager.yml").write_bytes(alertmanager_yml(BARE, containers(BARE)))
    port = free_port()
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                next(unpacked_places(PROGRAM, root)),
                f"--config.file={tmp_path}/alertmanager.yml",
                f"--storage.path={tmp_path}/data",
                f"--web.listen-address=127.0.0.1:{port}",
                "--cluster.listen-address=",
            ],
            stdout=log,
            stderr=log,
        )
    try:
        yield process, port
    finally:
        process.terminate()
        process.wait(20)


def test_it_runs_on_the_templates_beside_it(root: Path, tmp_path: Path) -> None:
    with started(root, tmp_path) as (process, port):

        def ready() -> bool:
            assert process.poll() is None, (tmp_path / "log").read_text()
            with suppress(httpx.TransportError):
                return httpx.get(f"http://127.0.0.1:{port}/-/ready").status_code == 200
            return False

        eventually("it is ready", ready)


def test_it_reads_no_others(root: Path, tmp_path: Path) -> None:
    for template in root.rglob("*.tmpl"):
        template.unlink()

    with started(root, tmp_path) as (process, _):
        assert process.wait(30) != 0
    assert "failed to parse templates" in (tmp_path / "log").read_text()
