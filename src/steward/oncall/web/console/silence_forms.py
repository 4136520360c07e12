"""The form of a silence: what was typed into it, read, and what it would cover."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Form, Query

from steward.oncall.context import Context
from steward.oncall.domain import matcher_text
from steward.oncall.domain.matchers import Matcher, check, written
from steward.oncall.domain.silencing import Wish
from steward.oncall.domain.states import SilenceKind
from steward.oncall.errors import Invalid
from steward.oncall.services import silences
from steward.oncall.services.silence_preview import Preview, preview
from steward.oncall.web import patterns
from steward.oncall.web.console.forms import Short, typed, typed_moment

LENGTHS = ("30m", "1h", "2h", "4h", "8h", "1d", "3d")

Matchers = Annotated[str, Form(max_length=12_000, pattern=patterns.ANY)]
Reason = Annotated[str, Form(max_length=1_000, pattern=patterns.ANY)]
Alert = Annotated[str, Query(max_length=200, pattern=patterns.ANY)]
Prefilled = Annotated[str, Query(max_length=6_000, pattern=patterns.ANY)]

_SAID = re.compile(patterns.SAID)


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form."""

    kind: SilenceKind = SilenceKind.SILENCE
    matchers: str = ""
    duration: str = "2h"
    reason: str = ""
    starts_at: str = ""
    """In UTC; empty for now."""

    def read(self) -> tuple[Matcher, ...]:
        """Return the matchers; raises Invalid."""
        return matcher_text.read(self.matchers)

    def wish(self, context: Context, *, actor: str, now: datetime) -> Wish:
        """Return what is asked for; raises Invalid."""
        if not _SAID.match(self.reason):
            raise Invalid("reason: say why, for those who wonder where the alerts are")
        matchers = self.read()
        check(matchers)
        begins = silences.start(typed_moment(self.starts_at), now=now)
        lasts = silences.length(self.duration, catalogue=context.catalogue)
        name = _alert_name(matchers) if self.kind is SilenceKind.SILENCE else ""
        return Wish(self.kind, matchers, begins, begins + lasts, typed(self.reason), actor, name)


def of_alert(name: str) -> Typed:
    """Return the form as it stands at first for a silence of one alert."""
    return Typed(matchers=str(Matcher("alertname", name)) if name else "")


def address(labels: Mapping[str, str]) -> str:
    """Return the address of the form for a silence of the one alert that has these labels."""
    matchers = matcher_text.lines(Matcher(name, value) for name, value in sorted(labels.items()))
    return f"/silences/new?{urlencode({'matchers': matchers})}"


def sent(
    kind: Annotated[SilenceKind, Form()] = SilenceKind.SILENCE,
    matchers: Matchers = "",
    duration: Short = "",
    reason: Reason = "",
    starts_at: Short = "",
) -> Typed:
    """Return a form as a browser sent it."""
    return Typed(kind, typed(matchers), duration.strip(), typed(reason), starts_at.strip())


def values(context: Context, form: Typed, *, problem: str = "") -> Mapping[str, Any]:
    """Return what the templates need to show a form, with what it would cover now."""
    return {
        "typed": asdict(form),
        "preview": _preview(context, form),
        "lengths": LENGTHS,
        "problem": problem,
    }


def was_seen(form: Typed, seen: str) -> bool:
    """Tell whether somebody looked at what these matchers cover."""
    return written(form.read()) == seen


def _preview(context: Context, form: Typed) -> Preview:
    if not form.matchers:
        return Preview("")
    try:
        return preview(context.alertmanagers, form.read(), catalogue=context.catalogue)
    except Invalid as error:
        return Preview("", refused=str(error))


def _alert_name(matchers: tuple[Matcher, ...]) -> str:
    names = [one.value for one in matchers if one.name == "alertname" and one.operator == "="]
    return names[0] if len(names) == 1 else ""
