"""Asking and telling Alertmanagers: the alerts that they hold, and silences.

Several addresses may be peers of one cluster, or strangers to each other; nothing here depends on which.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx

from steward.oncall.domain import keepable
from steward.oncall.domain.incoming import IncomingAlert
from steward.oncall.domain.matchers import Matcher
from steward.oncall.domain.observed import Answer, Observed, ObservedSilence, SilencePhase
from steward.oncall.domain.webhook import UNNAMED, web_link
from steward.oncall.errors import Invalid, Unavailable

T = TypeVar("T")

_TIMEOUT = httpx.Timeout(5.0, connect=2.0)
_API = "/api/v2"
_REFUSED = frozenset({400, 422})
_GONE = 404
_SHOWN = 200
"""Characters of an answer that an error shows."""


def _client() -> httpx.Client:
    return httpx.Client(timeout=_TIMEOUT, follow_redirects=False, headers={"Accept": "application/json"})


@dataclass(frozen=True, slots=True)
class Alertmanagers:
    """Alertmanagers at these addresses, without a slash at their ends; there may be none. Its calls block."""

    addresses: tuple[str, ...] = ()
    client: httpx.Client = field(default_factory=_client, repr=False)

    def observe(self, *, now: datetime) -> Observed:
        """Ask each for its alerts and silences; one that does not answer is a failure in the result."""
        answers, failures = self._ask(self._answer)
        return Observed(now, tuple(answers), failures)

    def alerts(self, matchers: Iterable[Matcher] = ()) -> tuple[IncomingAlert, ...]:
        """Return the alerts that fire and that every matcher takes, each once.

        Alertmanager itself decides what a matcher takes. Raises Invalid when it cannot read one, Unavailable when
        none answers.
        """
        filters = [str(one) for one in matchers]
        answers, failures = self._ask(lambda address: self._alerts(address, filters))
        if not answers:
            raise Unavailable(_no_answer(failures))
        return tuple({one.fingerprint: one for answer in answers for one in answer}.values())

    def silences(self) -> tuple[Mapping[str, tuple[ObservedSilence, ...]], Mapping[str, str]]:
        """Return address -> its silences, and address -> why it did not answer."""
        answers, failures = self._ask(lambda address: (address, self._silences(address)))
        return dict(answers), failures

    def put_silence(
        self,
        address: str,
        *,
        matchers: Sequence[Matcher],
        starts_at: datetime,
        ends_at: datetime,
        created_by: str,
        comment: str,
    ) -> str:
        """Make a silence at one of them and return its id; raises Invalid when it refuses, Unavailable.

        A second call makes a second silence: look for the key in `comment` first.
        """
        body = {
            "matchers": [one.json() for one in matchers],
            "startsAt": starts_at.astimezone(UTC).isoformat(),
            "endsAt": ends_at.astimezone(UTC).isoformat(),
            "createdBy": created_by,
            "comment": comment,
        }
        made = _json(address, self._call("POST", address, "/silences", body=body))
        return _read(address, lambda: str(made["silenceID"]))

    def expire_silence(self, address: str, silence_id: str) -> None:
        """End a silence at one of them, unless it has ended or is not known there; raises Unavailable."""
        answer = self._send("DELETE", address, f"/silence/{silence_id}")
        unknown = answer.status_code == _GONE or "not found" in answer.text
        if not answer.is_success and not unknown:
            raise Unavailable(_said(address, answer))

    def close(self) -> None:
        """Close every connection."""
        self.client.close()

    def _ask(self, question: Callable[[str], T]) -> tuple[list[T], dict[str, str]]:
        answers: list[T] = []
        failures: dict[str, str] = {}
        for address in self.addresses:
            try:
                answers.append(question(address))
            except Unavailable as error:
                failures[address] = str(error)
        return answers, failures

    def _answer(self, address: str) -> Answer:
        status = _json(address, self._call("GET", address, "/status"))
        since = _read(address, lambda: _moment(status["uptime"]))
        return Answer(address, since, self._alerts(address, []), self._silences(address))

    def _alerts(self, address: str, filters: Sequence[str]) -> tuple[IncomingAlert, ...]:
        found = _json(address, self._call("GET", address, "/alerts", filters=filters))
        return _read(address, lambda: tuple(_alert(one) for one in found))

    def _silences(self, address: str) -> tuple[ObservedSilence, ...]:
        found = _json(address, self._call("GET", address, "/silences"))
        return _read(address, lambda: tuple(_silence(one) for one in found))

    def _call(
        self, method: str, address: str, path: str, *, filters: Sequence[str] = (), body: object = None
    ) -> httpx.Response:
        answer = self._send(method, address, path, filters=filters, body=body)
        if answer.status_code in _REFUSED and (filters or body):
            raise Invalid(_said(address, answer))
        if not answer.is_success:
            raise Unavailable(_said(address, answer))
        return answer

    def _send(
        self, method: str, address: str, path: str, *, filters: Sequence[str] = (), body: object = None
    ) -> httpx.Response:
        try:
            return self.client.request(
                method, address + _API + path, params={"filter": list(filters)} if filters else None, json=body
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            reason = str(error) or type(error).__name__
            raise Unavailable(f"Alertmanager at {address} does not answer: {reason}") from None


def _alert(data: Mapping[str, Any]) -> IncomingAlert:
    labels = {str(name): str(value) for name, value in data["labels"].items()}
    return IncomingAlert(
        fingerprint=str(data["fingerprint"]),
        name=labels.get("alertname") or UNNAMED,
        labels=labels,
        annotations={str(name): str(value) for name, value in data.get("annotations", {}).items()},
        starts_at=_moment(data["startsAt"]),
        firing=True,
        generator_url=web_link(str(data.get("generatorURL", ""))),
        silenced=data["status"]["state"] == "suppressed",
    )


def _silence(data: Mapping[str, Any]) -> ObservedSilence:
    return ObservedSilence(
        str(data["id"]),
        SilencePhase(data["status"]["state"]),
        tuple(Matcher.read(one) for one in data["matchers"]),
        _moment(data["startsAt"]),
        _moment(data["endsAt"]),
        str(data.get("createdBy", "")),
        str(data.get("comment", "")),
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _json(address: str, answer: httpx.Response) -> Any:  # noqa: ANN401 - JSON is anything, until it is read
    try:
        return keepable.read(answer.content)
    except (ValueError, RecursionError):
        raise Unavailable(f"Alertmanager at {address} answered {answer.status_code} without JSON") from None


def _read(address: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise Unavailable(
            f"Alertmanager at {address} answered in a shape that is not its API v2: {error}"
        ) from None


def _said(address: str, answer: httpx.Response) -> str:
    return f"Alertmanager at {address} answered {answer.status_code}: {answer.text.strip()[:_SHOWN]}"


def _no_answer(failures: Mapping[str, str]) -> str:
    return "; ".join(failures.values()) or "no Alertmanager is set; see STEWARD_ONCALL_ALERTMANAGERS"
