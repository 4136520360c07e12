"""Reading what Alertmanager sends: strict in what is needed, tolerant of what newer versions add."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn, cast

from steward.oncall.domain import keepable
from steward.oncall.domain.incoming import IncomingAlert
from steward.oncall.errors import Invalid

VERSION = "4"
UNNAMED = "unnamed"
"""What an alert without the label `alertname` is called; it is told nevertheless."""

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_QUOTED = re.compile(r"\\(.)")
_NEVER = 1
"""The year in which a firing alert ends, in Alertmanager's words."""


def parse(body: bytes) -> tuple[IncomingAlert, ...]:
    """Return the alerts of a webhook's body, version 4; raises Invalid, which says what is wrong and where."""
    payload = _mapping(_json(body), "the body")
    if payload.get("version") != VERSION:
        raise Invalid(f'version: it is {payload.get("version")!r:.40}; only version "{VERSION}" is understood')
    group_key = _needed(payload, "groupKey", "groupKey")
    receiver = _QUOTED.sub(r"\1", _optional(payload, "receiver", "receiver"))
    alerts = payload.get("alerts")
    if not isinstance(alerts, list) or not alerts:
        raise Invalid("alerts: a list with at least one alert is needed")
    return tuple(_alert(one, f"alerts[{index}]", group_key, receiver) for index, one in enumerate(alerts))


def instant(text: object, where: str) -> datetime:
    """Return an instant as RFC 3339 writes it, in UTC; raises Invalid."""
    if not isinstance(text, str) or not _INSTANT.fullmatch(text):
        raise Invalid(f"{where}: {text!r:.40} is no time; write it as 2026-01-31T09:00:00Z")
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(f"{where}: there is no time {text:.40}") from None


def web_link(text: str) -> str:
    """Return `text` where it is an http(s) address, else nothing: it comes from outside and becomes a link."""
    return text if text.startswith(("http://", "https://")) else ""


def _json(body: bytes) -> object:
    try:
        return keepable.read(body)
    except (ValueError, RecursionError):
        raise Invalid("the body is not JSON in UTF-8") from None


def _alert(value: object, where: str, group_key: str, receiver: str) -> IncomingAlert:
    fields = _mapping(value, where)
    labels = _texts(fields.get("labels"), f"{where}.labels")
    if not labels:
        raise Invalid(f"{where}.labels: at least one label is needed")
    firing = _firing(fields.get("status"), where)
    return IncomingAlert(
        fingerprint=_needed(fields, "fingerprint", f"{where}.fingerprint"),
        name=labels.get("alertname") or UNNAMED,
        labels=labels,
        annotations=_texts(fields.get("annotations", {}), f"{where}.annotations"),
        starts_at=instant(fields.get("startsAt"), f"{where}.startsAt"),
        firing=firing,
        ends_at=None if firing else _end(fields.get("endsAt"), where),
        generator_url=web_link(_optional(fields, "generatorURL", f"{where}.generatorURL")),
        group_key=group_key,
        receiver=receiver,
        # Alertmanager never tells of an alert that it keeps silent.
        silenced=False if firing else None,
    )


def _firing(status: object, where: str) -> bool:
    if status not in ("firing", "resolved"):
        raise Invalid(f'{where}.status: it is {status!r:.40}; write "firing" or "resolved"')
    return status == "firing"


def _end(value: object, where: str) -> datetime | None:
    if value is None:
        return None
    end = instant(value, f"{where}.endsAt")
    return None if end.year == _NEVER else end


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Invalid(f"{where}: an object is needed")
    return value


def _texts(value: object, where: str) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise Invalid(f"{where}: an object whose values are text is needed")
    return cast("dict[str, str]", value)


def _needed(fields: Mapping[str, Any], name: str, where: str) -> str:
    return _optional(fields, name, where) or _no_text(where)


def _optional(fields: Mapping[str, Any], name: str, where: str) -> str:
    value = fields.get(name, "")
    return value if isinstance(value, str) else _no_text(where)


def _no_text(where: str) -> NoReturn:
    raise Invalid(f"{where}: text is needed")
