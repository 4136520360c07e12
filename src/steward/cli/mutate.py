"""`steward mutate`."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import click

from steward.cli.examples import examples
from steward.cli.project import load_catalogue, project_folder, state_folder
from steward.compile.proof.mutants import Mutant, mutants
from steward.compile.trial import Trial, trials
from steward.model import Catalogue, Program
from steward.stack.errors import StackError
from steward.stack.programs import Found, find_all
from steward.stack.promtool import passes

_SERVER = "prometheus"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the tests noticed a mutant."""

    alert: str
    change: str
    killed: bool


@click.command(
    "mutate",
    epilog=examples(
        "steward mutate                        every alert; takes minutes",
        "steward mutate APIDown RedisDown      these only",
        "steward mutate --at-least 95 --json   in a pipeline",
    ),
)
@click.argument("alerts", nargs=-1)
@click.option(
    "--at-least",
    metavar="PERCENT",
    type=click.FloatRange(0, 100),
    default=95,
    show_default=True,
    help="Fail below this share of noticed mutants.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def command(ctx: click.Context, alerts: Sequence[str], at_least: float, *, as_json: bool) -> None:
    """Change each alert a little, and see whether its generated tests notice.

    Comparisons, thresholds, ranges, matchers and `for` are changed one at a time. A change that no test notices
    is one that somebody could make by mistake; it is listed.
    """
    catalogue = load_catalogue(project_folder())
    every = list(trials(catalogue, catalogue.collection))
    names = _chosen(every, alerts)
    chosen = [trial for trial in every if names & set(trial.alerts)]
    promtool = _promtool(catalogue)
    _require_green(promtool, chosen)
    verdicts = list(_verdicts(promtool, chosen, names, quiet=as_json))
    share = 100 * sum(one.killed for one in verdicts) / max(len(verdicts), 1)
    click.echo(_as_json(verdicts, share) if as_json else _as_text(verdicts, share))
    ctx.exit(0 if share >= at_least else 1)


def _chosen(every: Sequence[Trial], names: Sequence[str]) -> frozenset[str]:
    """Return the alerts that are asked for, all where none is named."""
    known = frozenset(name for trial in every for name in trial.alerts)
    if unknown := sorted(set(names) - known):
        raise click.BadParameter(f"no alert is called {', '.join(unknown)}", param_hint="ALERTS")
    return frozenset(names) or known


def _promtool(catalogue: Catalogue) -> Path:
    native = catalogue.service(_SERVER).native
    if native is None:
        raise StackError(f"{_SERVER} does not run natively here", mend="give the service a native program")
    program: Program = native.program
    found = find_all([program], None if os.geteuid() == 0 else state_folder().unpacked)[program]
    if not isinstance(found, Found):
        raise found
    return found.sibling("promtool")


def _require_green(promtool: Path, chosen: Sequence[Trial]) -> None:
    """Refuse to judge by tests that fail already."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        green = list(pool.map(lambda trial: passes(promtool, trial.files(), trial.tests), chosen))
    if failing := [
        name for trial, passed in zip(chosen, green, strict=True) if not passed for name in trial.alerts
    ]:
        raise StackError(
            f"the tests of {', '.join(failing)} fail before anything is changed",
            mend="`promtool test rules infrastructure/monitoring/prometheus/tests/*.yml` says why",
        )


def _verdicts(promtool: Path, chosen: Sequence[Trial], names: frozenset[str], *, quiet: bool) -> Iterator[Verdict]:
    work = [(trial, one) for trial in chosen for one in mutants(trial.file) if one.alert in names]

    def judge(one: tuple[Trial, Mutant]) -> Verdict:
        trial, mutant = one
        survived = passes(promtool, trial.files(mutant.file), trial.tests)
        return Verdict(mutant.alert, mutant.change, killed=not survived)

    with (
        ThreadPoolExecutor(os.cpu_count()) as pool,
        click.progressbar(
            pool.map(judge, work), len(work), label="mutants", hidden=quiet, file=sys.stderr
        ) as shown,
    ):
        yield from shown


def _as_text(verdicts: Sequence[Verdict], share: float) -> str:
    lines = [f"survived  {one.alert}: {one.change}" for one in verdicts if not one.killed]
    killed = sum(one.killed for one in verdicts)
    return "\n".join([*lines, f"{killed} of {len(verdicts)} mutants noticed, {share:.1f} %"])


def _as_json(verdicts: Sequence[Verdict], share: float) -> str:
    survivors = [{"alert": one.alert, "change": one.change} for one in verdicts if not one.killed]
    content = {"mutants": len(verdicts), "killed": len(verdicts) - len(survivors), "percent": round(share, 2)}
    return json.dumps({**content, "survivors": survivors}, indent=2)
