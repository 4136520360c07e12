"""Which middleware counts what right: every case of HTTP, put to ours and to every peer.

cd bench && PYTHONPATH=../src ../.venv-bench/bin/python -m instrumentation.semantics
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click
from instrumentation import peers
from instrumentation.judge import Played, play
from instrumentation.subjects import SUBJECTS
from measure import RESULTS
from rich.console import Console
from rich.table import Table

from steward.testing.http_semantics import CASES, Case, Framework

_SIGNS = {"right": "[green]right", "wrong": "[red]wrong", "not measured": "[dim]-", "": ""}


@click.command()
@click.option("--only", default="", help="The cases to play, by their slugs, with commas between.")
@click.option("--details/--no-details", default=False, help="Also what was seen where it was wrong.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), default=RESULTS / "semantics.json")
@click.option("--markdown", type=click.Path(path_type=Path), help="Write the matrix there, for a document.")
def main(only: str, json_file: Path, markdown: Path | None, *, details: bool) -> None:
    """Play every case with every subject, and print who was right."""
    if missing := peers.what_is_missing():
        click.echo(missing, err=True)
        raise SystemExit(2)
    chosen = [case for case in CASES if not only or case.slug in only.split(",")]
    if not chosen:
        raise click.BadParameter(f"there are {', '.join(case.slug for case in CASES)}", param_hint="--only")
    played = list(play(chosen))
    versions = peers.versions()
    _show(chosen, played, versions, details=details)
    json_file.parent.mkdir(exist_ok=True)
    json_file.write_text(json.dumps({"versions": versions, "cases": _content(chosen, played)}, indent=2) + "\n")
    if markdown is not None:
        markdown.write_text(_as_markdown(chosen, played, versions))
    if any(one.outcome != "right" for one in played if one.subject == peers.OURS):
        raise SystemExit(1)


def _outcomes(case: Case, subject: str, played: Iterable[Played]) -> Mapping[Framework, str]:
    return {one.framework: one.outcome for one in played if one.case is case and one.subject == subject}


def _show(cases: Sequence[Case], played: Sequence[Played], versions: Mapping[str, str], *, details: bool) -> None:
    console = Console(width=None if Console().is_terminal else 200)
    table = Table("case", *SUBJECTS, title="What each middleware counts right")
    for case in cases:
        table.add_row(case.title, *[_cell(_outcomes(case, name, played)) for name in SUBJECTS])
    table.add_section()
    table.add_row("wrong", *[str(_wrongs(name, cases, played)) for name in SUBJECTS])
    console.print(table)
    console.print(", ".join(f"{name} {version}" for name, version in versions.items()), highlight=False)
    if details:
        for one in played:
            if one.said:
                console.print(f"[bold]{one.subject}[/], {one.framework}, {one.case.slug}: {'; '.join(one.said)}")


def _cell(outcomes: Mapping[Framework, str]) -> str:
    """Return one word where both frameworks agree, else one for each."""
    if len(set(outcomes.values())) <= 1:
        return _SIGNS[next(iter(outcomes.values()), "")]
    return ", ".join(f"{framework}: {_SIGNS[outcome]}[/]" for framework, outcome in outcomes.items())


def _wrongs(subject: str, cases: Iterable[Case], played: Sequence[Played]) -> int:
    return sum("wrong" in _outcomes(case, subject, played).values() for case in cases)


def _content(cases: Iterable[Case], played: Sequence[Played]) -> list[dict[str, object]]:
    return [
        {
            "slug": case.slug,
            "title": case.title,
            "expectation": case.expectation,
            "verdicts": [
                {
                    "subject": one.subject,
                    "framework": one.framework,
                    "outcome": one.outcome,
                    "said": list(one.said),
                }
                for one in played
                if one.case is case
            ],
        }
        for case in cases
    ]


def _as_markdown(cases: Sequence[Case], played: Sequence[Played], versions: Mapping[str, str]) -> str:
    words = {"right": "right", "wrong": "**wrong**", "not measured": "–"}

    def cell(name: str, case: Case) -> str:
        outcomes = _outcomes(case, name, played)
        if len(set(outcomes.values())) <= 1:
            return words[next(iter(outcomes.values()))] if outcomes else ""
        return ", ".join(f"{framework} {words[outcome]}" for framework, outcome in outcomes.items())

    rows = [
        ["case", *SUBJECTS],
        ["---"] * (len(SUBJECTS) + 1),
        *[[f"{case.title}: {case.expectation}", *[cell(name, case) for name in SUBJECTS]] for case in cases],
        ["wrong", *[str(_wrongs(name, cases, played)) for name in SUBJECTS]],
    ]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    measured = ", ".join(f"{name} {version}" for name, version in versions.items())
    return "\n".join([*lines, "", f"Measured with {measured}.", ""])


if __name__ == "__main__":
    main()
