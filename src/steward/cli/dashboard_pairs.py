"""Dashboards of the catalogue or of files, each beside what a Grafana has of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from steward.cli.project import load_catalogue, project_folder
from steward.compile.grafana import dashboard_files
from steward.grafana.client import Found, Grafana
from steward.grafana.content import Content, from_file
from steward.grafana.differences import Difference, differences
from steward.grafana.errors import NotThere
from steward.model import Catalogue
from steward.stack.errors import StackError

_UID = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True, slots=True)
class Pair:
    """A dashboard of ours, and what Grafana has of it."""

    ours: Content
    theirs: Found | None

    @property
    def uid(self) -> str:
        """What both are known by."""
        return str(self.ours["uid"])

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Where they differ; nothing where Grafana has none."""
        return differences(self.ours, self.theirs.content) if self.theirs else ()

    @property
    def same(self) -> bool:
        """Whether Grafana has it as it is here."""
        return self.theirs is not None and not self.differences


def ours(names: Sequence[str], catalogue: Catalogue | None = None) -> list[Content]:
    """Return the dashboards that are meant; raises StackError for a name that is neither."""
    files = [name for name in names if name.endswith(".json")]
    uids = [checked(name) for name in names if name not in files]
    found = [_read(Path(name)) for name in files]
    if names and not uids:
        return found
    catalogue = catalogue or load_catalogue(project_folder())
    compiled = {one["uid"]: one for one in _compiled(catalogue)}
    for uid in uids:
        if uid not in compiled:
            known = ", ".join(compiled) or "none"
            raise StackError(f"the catalogue has no dashboard {uid!r}", mend=f"known are {known}; or name a file")
    return [*found, *(compiled[uid] for uid in uids or compiled)]


def paired(grafana: Grafana, contents: Sequence[Content]) -> list[Pair]:
    """Return each dashboard with what Grafana has of it; raises GrafanaError."""
    return [Pair(one, _found(grafana, str(one["uid"]))) for one in contents]


def refuse(pairs: Sequence[Pair], *, overwrite: bool) -> None:
    """Raise StackError where one cannot be saved, before any is."""
    for pair in pairs:
        if pair.same or pair.theirs is None:
            continue
        if pair.theirs.provisioned:
            raise StackError(
                f"{pair.uid}: Grafana reads it from a file and lets nobody save it; none was saved",
                mend="compile the catalogue with `steward build`, and Grafana reads it again",
            )
        if not overwrite:
            raise StackError(
                f"{pair.uid}: Grafana has it otherwise; none was saved",
                mend="`steward dashboards diff` shows them; --overwrite replaces what Grafana has",
            )


def checked(uid: str) -> str:
    """Return a uid that can be one; raises UsageError."""
    if not _UID.fullmatch(uid):
        raise click.UsageError(f"{uid!r} is no uid: up to 40 letters, digits, dashes and underscores")
    return uid


def _compiled(catalogue: Catalogue) -> list[Content]:
    return [from_file(content, name) for name, content in dashboard_files(catalogue).items()]


def _read(path: Path) -> Content:
    try:
        return from_file(path.read_bytes(), str(path))
    except OSError as error:
        raise StackError(f"{path}: {error.strerror}") from None


def _found(grafana: Grafana, uid: str) -> Found | None:
    try:
        return grafana.dashboard(checked(uid))
    except NotThere:
        return None
