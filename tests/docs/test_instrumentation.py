"""Every block of the page on instruments is run, and its tables are held against the code."""

import dataclasses
import inspect
import os
import re
import runpy
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from mypy import api as mypy
from prometheus_client.parser import text_string_to_metric_families

from steward import model
from steward.instrument import CacheMetrics, HttpMetrics, Instruments, SqlMetrics, http_metrics, instrument
from steward.instrument.ready_made import DIRECTORY_VARIABLE, DURATION_BUCKETS
from steward.testing.http_semantics import CASES
from steward.testing.polling import eventually
from steward.testing.ports import free_ports
from steward.testing.servers import postgres_server, redis_server

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "INSTRUMENTATION.md").read_text()
PORTS = re.compile(r"\b(?:8000|9200)\b")
_LOOKED_FOR_SECONDS = 5


class Block(NamedTuple):
    """A block of code of the page."""

    language: str
    text: str

    @property
    def name(self) -> str:
        """The file that the first line names."""
        return self.text.partition("\n")[0].removeprefix("# ")


BLOCKS = [Block(*found) for found in re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)]
FILES = {block.name: block.text for block in BLOCKS if block.language in {"python", "yaml"}}
SHOWN = {one.name: two.text for one, two in pairwise(BLOCKS) if (one.language, two.language) == ("python", "text")}
"""What the page shows right after a program."""
MISTAKE = "mistake.py"
PROGRAMS = [name for name in FILES if name.endswith(".py") and name != MISTAKE]
SHELL = [block for block in BLOCKS if block.language in {"bash", "console"}]
INSTALLING, *SESSION = SHELL


def table(heading: str) -> list[list[str]]:
    """Return the cells below the heading of a table's first column."""
    lines = PAGE.partition(f"\n| {heading} |")[2].partition("\n\n")[0].splitlines()[2:]
    assert lines, f"no table is headed {heading!r}"
    return [
        [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip()[1:-1])] for line in lines
    ]


def is_like(said: str, shown: str) -> bool:
    """Tell whether what was said is what is shown, where a line of `...` stands for any lines."""
    pattern = "".join(
        "(?:.*\n)*" if line == "..." else re.escape(f"{line}\n") for line in shown.strip().splitlines()
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in said.strip().splitlines())) is not None


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder with the page's files, in which Python and the shell find them."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield tmp_path
    for name in FILES:
        sys.modules.pop(Path(name).stem, None)


def test_a_block_is_one_that_is_run_here() -> None:
    assert {block.language for block in BLOCKS} <= {"python", "text", "bash", "console", "yaml", "mermaid"}
    assert len(FILES) == sum(block.language in {"python", "yaml"} for block in BLOCKS), "two files of one name"
    assert len(SHOWN) == sum(block.language == "text" for block in BLOCKS), "a text that no program says"
    assert INSTALLING.text.startswith("pip install ")
    assert "pip install" not in "".join(block.text for block in SESSION)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_says_what_is_shown(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as servers:
        if "DATABASE_URL" in FILES[name]:
            postgres = servers.enter_context(postgres_server(folder))
            monkeypatch.setenv("DATABASE_URL", postgres.url("postgresql"))
        if "REDIS_URL" in FILES[name]:
            redis = servers.enter_context(redis_server(folder))
            monkeypatch.setenv("REDIS_URL", redis.url())
        runpy.run_path(str(folder / name), run_name=Path(name).stem)

    said = capsys.readouterr().out
    assert is_like(said, SHOWN.get(name, "")), said


def test_a_type_checker_says_what_is_shown_of_a_mistake(folder: Path) -> None:
    # What neither the page nor the instruments are made of is skipped, which takes a second instead of a minute.
    (folder / "mypy.ini").write_text(
        f"[mypy]\nfollow_imports = skip\nexplicit_package_bases = True\n"
        f"mypy_path = {ROOT / 'src'}:{folder}\n"
        "[mypy-steward.instrument.*,steward.model.*,till]\nfollow_imports = normal\n"
    )

    said, trouble, _ = mypy.run([MISTAKE, "--config-file=mypy.ini", "--no-incremental", "--no-error-summary"])

    assert not trouble
    assert is_like("\n".join(line for line in said.splitlines() if ": error: " in line), SHOWN[MISTAKE]), said
    with pytest.raises(TypeError, match="tent"):
        runpy.run_path(MISTAKE)


class Shell:
    """Runs the page's commands; the ports that it names become free ones."""

    def __init__(self, folder: Path) -> None:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self._environment = os.environ | {"PATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        self._folder = folder
        self._ports = {named: str(free) for named, free in zip(("8000", "9200"), free_ports(2), strict=True)}
        self._servers: dict[str, subprocess.Popen[bytes]] = {}
        self._log = folder / "servers.log"

    def serve(self, commands: str) -> None:
        """Start what serves, in the place of what served on that port, and wait until it answers."""
        (port,) = PORTS.findall(commands)
        self.stop(port)
        with self._log.open("ab") as log:
            self._servers[port] = subprocess.Popen(
                ["bash", "-ec", self._here(commands)],
                cwd=self._folder,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        eventually(f"an answer to {commands}", lambda: self._answers(port) or self._ended(port))
        assert not self._ended(port), (commands, self.log())

    def run(self, command: str) -> str:
        """Return what a command says."""
        ran = subprocess.run(
            ["bash", "-ec", self._here(command)],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return ran.stdout + ran.stderr

    def said(self, command: str, shown: str) -> str:
        """Return what a command says; one that only looks looks again until it sees what is shown, for a while."""
        said = self.run(command)
        if is_like(said, shown) or ("curl" in command and "/metrics" not in command):
            return said

        def look() -> bool:
            nonlocal said
            said = self.run(command)
            return is_like(said, shown)

        # A worker may still be starting, and a request is counted just after its answer was read.
        with suppress(AssertionError):
            eventually(command, look, _LOOKED_FOR_SECONDS)
        return said

    def stop(self, port: str) -> None:
        """Stop what serves on a port, with all its processes."""
        server = self._servers.pop(port, None)
        if server is not None:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGTERM)
            server.wait()
            eventually("the end of a server", lambda: not self._answers(port))

    def stop_all(self) -> None:
        """Stop every server."""
        for port in list(self._servers):
            self.stop(port)

    def log(self) -> str:
        """Return what the servers said."""
        return self._log.read_text()

    def _here(self, commands: str) -> str:
        return PORTS.sub(lambda named: self._ports[named[0]], commands)

    def _ended(self, port: str) -> bool:
        return self._servers[port].poll() is not None

    def _answers(self, port: str) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", int(self._ports[port])), timeout=1):
            return True
        return False


@pytest.fixture
def shell(folder: Path) -> Iterator[Shell]:
    shell = Shell(folder)
    yield shell
    shell.stop_all()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl, in the page's commands, is not here")
def test_commands_say_what_is_shown(shell: Shell) -> None:
    for block in SESSION:
        if block.language == "bash":
            shell.serve(block.text)
            continue
        for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block.text, re.MULTILINE):
            said = shell.said(command, shown)
            assert is_like(said, shown), (command, said, shell.log())


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".yml")])
def test_prometheus_takes_the_configuration(name: str, folder: Path) -> None:
    subprocess.run(["promtool", "check", "config", folder / name], check=True, capture_output=True)


def test_table_of_semantics_is_the_cases() -> None:
    assert table("case") == [[f"`{case.slug}`", case.title, case.expectation] for case in CASES]


def test_each_case_was_put_to_others_too() -> None:
    matrix = table("row")

    assert [row[0] for row in matrix] == [f"`{case.slug}`" for case in CASES]
    assert {row[1] for row in matrix} == {"✓"}
    assert {mark for row in matrix for mark in row[1:]} == {"✓", "✗", "–"}


def test_each_row_of_the_semantics_is_a_test() -> None:
    tests = Path("tests/unit/steward/instrument/test_semantics.py")
    assert f"](../{tests})" in PAGE

    (parametrized,) = runpy.run_path(str(ROOT / tests))["test_semantics"].pytestmark
    names = [parametrized.kwargs["ids"](case) for case in parametrized.args[1]]

    assert [row[0].strip("`") for row in table("case")] == names


def test_table_of_gauges_across_processes_names_every_way() -> None:
    told = {row[0].strip("`"): row[1] for row in table("`across`")}

    assert told.keys() == {across.value for across in model.Across}
    assert [name for name, shown in told.items() if "if nothing is said" in shown] == [
        model.Gauge("a", "A.").across.value
    ]


@pytest.mark.parametrize("shared", [False, True])
async def test_table_of_process_metrics_is_what_is_exposed(tmp_path: Path, *, shared: bool) -> None:
    instruments = Instruments([], directory=tmp_path if shared else None, process_metrics=True)
    text = (await instruments.expose())[0].decode()

    exposed = {
        sample.name: code(*sample.labels)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if family.name.startswith(("process_", "python_"))
    }
    told = {
        row[0].strip("`"): row[1] if not shared or row[2] == "the same" else row[2]
        for row in table("process metric")
    }

    assert exposed == {name: labels for name, labels in told.items() if labels != "absent"}


def code(*names: str) -> str:
    """Return names of labels as a cell says them."""
    return ", ".join(f"`{name}`" for name in names) or "no labels"


def test_table_of_ready_made_metrics_is_what_they_are() -> None:
    ready_made = http_metrics()
    metrics = [getattr(ready_made, field.name) for field in dataclasses.fields(ready_made)]

    told = [(row[0], row[1], row[2].replace("-", "no labels")) for row in table("metric")]

    assert told == [(code(metric.name), metric.kind, code(*metric.label_names)) for metric in metrics]


def test_table_of_options_is_the_signature() -> None:
    options = list(inspect.signature(instrument).parameters.values())[1:]
    told = {
        row[0].strip("`"): row[1].strip("`").replace("DURATION_BUCKETS", repr(DURATION_BUCKETS))
        for row in table("option")
    }

    assert told == {option.name: repr(option.default).replace("'", '"') for option in options}
    assert f"`{DIRECTORY_VARIABLE}`" in PAGE


@pytest.mark.parametrize("kind", [HttpMetrics, SqlMetrics, CacheMetrics])
def test_table_of_what_a_hook_wants_is_what_it_takes(kind: Any) -> None:
    kinds = {"counter": model.Counter, "gauge": model.Gauge, "histogram": model.Histogram}
    metrics: dict[str, model.Metric] = {}
    for fields, what, names in table(f"`{kind.__name__}`"):
        for name in re.findall(r"`(\w+)`", fields):
            labels = tuple(model.Label.bounded(label, 1, "any") for label in re.findall(r"`(\w+)`", names))
            metrics[name] = kinds[what](f"{name}_total" if what == "counter" else name, "Any.", labels)

    assert list(metrics) == [field.name for field in dataclasses.fields(kind)]
    assert kind(**metrics)
    for name, metric in metrics.items():
        further = (*metric.labels, model.Label.bounded("further", 1, "any"))
        with pytest.raises(model.CatalogueError):
            kind(**{**metrics, name: dataclasses.replace(metric, labels=further)})
