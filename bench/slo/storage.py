"""A Prometheus whose past is written for it."""

import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from slo.traffic import DAY, START, Platform

from steward.testing.polling import eventually
from steward.testing.ports import free_port

_METRIC = "festivals_http_requests_total"


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a query at an instant."""

    values: list[tuple[dict[str, str], float]]
    samples: int
    """How many samples were read for it."""

    @property
    def value(self) -> float | None:
        """The only value, or None where there is none."""
        return self.values[0][1] if self.values else None


@dataclass(frozen=True, slots=True)
class Storage:
    """The folder of its blocks."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def import_text(self, lines: Iterable[str]) -> None:
        """Import what is written as OpenMetrics."""
        text = self.folder / "import.om"
        with text.open("w") as file:
            file.writelines(lines)
            file.write("# EOF\n")
        options = ("--max-block-duration=54h", "--quiet")
        command = ["promtool", "tsdb", "create-blocks-from", *options, "openmetrics", str(text), str(self.data)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        text.unlink()

    def import_day(self, platform: Platform, day: int) -> None:
        """Import what a day's scrapes found."""
        self.import_text(_exposition(platform, day))

    @contextmanager
    def serving(self) -> Iterator["Prometheus"]:
        """Run a Prometheus on what is there."""
        port = free_port()
        (self.folder / "prometheus.yml").write_text("global: {}\n")
        command = [
            "prometheus",
            f"--config.file={self.folder}/prometheus.yml",
            f"--storage.tsdb.path={self.data}",
            "--storage.tsdb.retention.time=20y",
            f"--web.listen-address=127.0.0.1:{port}",
            "--query.max-samples=500000000",
            "--query.timeout=30m",
        ]
        with (self.folder / "log").open("ab") as log:
            child = subprocess.Popen(command, stdout=log, stderr=log)
            try:
                prometheus = Prometheus(f"http://127.0.0.1:{port}")
                eventually("Prometheus is ready", prometheus.ready)
                yield prometheus
            finally:
                child.terminate()
                child.wait()


@dataclass(frozen=True, slots=True)
class Prometheus:
    """How it is asked."""

    address: str

    def ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/-/ready").status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def at(self, time: int, expr: str) -> Answer:
        """Ask at an instant, and count the samples."""
        data = self._data("query", {"query": expr, "time": str(time), "stats": "all"})
        values = [(one["metric"], float(one["value"][1])) for one in data["result"]]
        return Answer(values, data["stats"]["samples"]["totalQueryableSamples"])

    def through(self, days: int, step: int, expr: str) -> Iterator[tuple[int, dict[str, str], str]]:
        """Ask at each step of so many days, as a rule is evaluated; yield time, labels and value."""
        for day in range(days):
            begin = START + day * DAY
            span = {"start": str(begin + step), "end": str(begin + DAY), "step": str(step)}
            for series in self._data("query_range", {"query": expr} | span)["result"]:
                yield from ((int(time), series["metric"], value) for time, value in series["values"])

    def _data(self, path: str, form: dict[str, str]) -> dict:  # type: ignore[type-arg]
        answer = httpx.post(f"{self.address}/api/v1/{path}", data=form, timeout=1800).json()
        if answer["status"] != "success":
            raise RuntimeError(f"{form['query']}: {answer['error']}")
        found: dict = answer["data"]  # type: ignore[type-arg]
        return found


def _exposition(platform: Platform, day: int) -> Iterator[str]:
    labels, ups = platform.labels(), []
    names = [f"{_METRIC}{one} " for one in labels]
    yield f"# TYPE {_METRIC.removesuffix('_total')} counter\n"
    for time, values, up in platform.scrapes(day):
        tail = f" {time}\n"
        yield "".join([f"{name}{value}{tail}" for name, value in zip(names, values, strict=True) if value >= 0])
        ups.append((time, up))
    yield "# TYPE up gauge\n"
    for time, up in ups:
        for number, one in enumerate(up):
            yield f'up{{instance="pod-{number}",job="api"}} {one} {time}\n'
