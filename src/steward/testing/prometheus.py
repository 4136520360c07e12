"""A real Prometheus for the length of a `with` block: it evaluates the rules it is given, and scrapes itself."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from steward.testing.polling import eventually
from steward.testing.ports import free_port

_CONFIGURATION = """\
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [{folder}/rules.yml]
scrape_configs:
  - job_name: prometheus
    static_configs: [{{targets: ["127.0.0.1:{port}"{more}]}}]
"""


@contextmanager
def prometheus_server(folder: Path, rules: str, *, scraped: Sequence[str] = ()) -> Iterator[str]:
    """Give its address; by then every rule of the file with the content `rules` has been evaluated once.

    It scrapes itself, and besides what `scraped` names as host:port.
    """
    port, more = free_port(), "".join(f', "{target}"' for target in scraped)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rules.yml").write_text(rules)
    (folder / "prometheus.yml").write_text(_CONFIGURATION.format(folder=folder, port=port, more=more))
    command = [
        "prometheus",
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    url = f"http://127.0.0.1:{port}"
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as child:
        try:
            eventually(f"Prometheus is at work; {folder}/log says more", lambda: _evaluated(url))
            yield url
        finally:
            child.terminate()


def _evaluated(url: str) -> bool:
    try:
        groups = httpx.get(f"{url}/api/v1/rules").json()["data"]["groups"]
        up = httpx.get(f"{url}/api/v1/query", params={"query": "up == 1"}).json()["data"]["result"]
    except (httpx.HTTPError, ValueError, KeyError):
        return False
    return bool(up) and all(rule["health"] != "unknown" for group in groups for rule in group["rules"])
