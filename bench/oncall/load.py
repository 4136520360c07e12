"""A storm as Alertmanager sends one: webhooks of a hundred alerts, several connections at once."""

import http.client
import json
import queue
import statistics
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from steward.testing.oncall import incoming, webhook

_ANNOTATIONS = {
    "summary": "The API answers 12 % of requests with errors",
    "description": "More than 5 % of the requests of the last five minutes ended with a 5xx status. " * 3,
    "runbook_url": "http://localhost:8090/runbooks/api-high-error-rate",
}


@dataclass(frozen=True, slots=True)
class Storm:
    """What one storm took."""

    alerts: int
    seconds: float
    latencies: tuple[float, ...]
    """Seconds of each webhook."""

    @property
    def rate(self) -> float:
        """Alerts a second."""
        return self.alerts / self.seconds

    @property
    def p99(self) -> float:
        """Milliseconds."""
        return statistics.quantiles(self.latencies, n=100, method="inclusive")[98] * 1_000


def bodies(*, alerts: int, each: int) -> list[bytes]:
    """Return the webhooks: ten kinds of alert, each from many instances."""
    return [
        json.dumps(
            webhook(
                incoming(
                    f"Storm{number % 10}",
                    annotations=_ANNOTATIONS,
                    severity=("critical", "warning")[number % 2],
                    job="api",
                    instance=f"10.0.{number}.{one}:8080",
                    service="checkout",
                    cluster="west",
                )
                for one in range(each)
            )
        ).encode()
        for number in range(alerts // each)
    ]


def send(
    bodies: Sequence[bytes], *, port: int, path: str, headers: Mapping[str, str], connections: int, each: int
) -> Storm:
    """Send the webhooks, each once; an answer other than 200 to 202 ends the bench."""
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    for body in bodies:
        waiting.put(body)
    latencies: list[float] = []
    problems: list[str] = []

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        while not problems:
            try:
                body = waiting.get_nowait()
            except queue.Empty:
                break
            began = time.perf_counter()
            connection.request("POST", path, body, {"Content-Type": "application/json", **headers})
            answer = connection.getresponse()
            said = answer.read()
            latencies.append(time.perf_counter() - began)
            if not 200 <= answer.status <= 202:
                problems.append(f"{answer.status}: {said[:500]!r}")
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if problems or len(latencies) != len(bodies):
        raise RuntimeError(f"the storm was not taken: {problems or 'a connection broke'}")
    return Storm(len(bodies) * each, seconds, tuple(latencies))
