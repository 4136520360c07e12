"""Checks a whole catalogue: its rules, its routes, its runbooks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from steward.check import routing, runbooks
from steward.check.dashboards import links
from steward.check.dashboards.compiled import compiled_dashboards
from steward.check.dashboards.findings import dashboard_findings
from steward.check.finding import Finding, Place
from steward.check.reading.written import Source, Written, of_subject
from steward.check.routing.labels import alert_labels
from steward.check.run import EVERYTHING, Selection, expression_findings
from steward.check.schema import opaque_jobs, schema_of
from steward.check.shape import VERSION, Context, Use
from steward.compile.grafana import DASHBOARDS as FOLDER
from steward.compile.grafana import GRAFANA
from steward.compile.rule_files import rule_files
from steward.compile.rules import Alerting, Rule, RuleFile
from steward.model import Catalogue, Inventory, Labels
from steward.promql import PromqlError, parse
from steward.promql.infer import infer
from steward.promql.schema import Schema

_RULES = "prometheus"
_DASHBOARDS = f"{GRAFANA}/{FOLDER}"
_ROUTES = "alertmanager/alertmanager.yml"


def context_of(catalogue: Catalogue, files: Sequence[RuleFile], inventories: Iterable[Inventory] = ()) -> Context:
    """Return what a catalogue, its rules and more inventories say of the world."""
    schema = schema_of(catalogue, files, inventories)
    return Context(schema, catalogue.collection, opaque=opaque_jobs(catalogue))


def catalogue_findings(
    catalogue: Catalogue,
    pages: Mapping[str, str],
    folder: str,
    more: Sequence[Written] = (),
    version: tuple[int, int] = VERSION,
    selection: Selection = EVERYTHING,
) -> Iterator[Finding]:
    """Yield everything that is wrong with a catalogue.

    `pages` are the runbooks by slug, `folder` is where the catalogue is compiled to, and `more` are other
    expressions that belong to it, such as those of dashboards written by hand.
    """
    files = rule_files(catalogue, catalogue.collection)
    context = replace(context_of(catalogue, files), version=version, whole=True)
    read = runbooks.read_all(pages)
    queries = map(of_subject, runbooks.query_subjects(read))
    rules = written_rules(files, f"{folder}/{_RULES}")
    shown = compiled_dashboards(catalogue, f"{folder}/{_DASHBOARDS}")
    beside = [
        *(finding for one in shown for finding in dashboard_findings(one.subject, context)),
        *links.runbooks_missing(catalogue, pages, f"{folder}/{_DASHBOARDS}"),
        *links.dashboards_missing(catalogue, rules),
    ]
    panels = [query for one in shown for query in one.queries]
    yield from expression_findings([*rules, *queries, *panels, *more], context, selection, beside)
    others = [*_routing(catalogue, files, context, f"{folder}/{_ROUTES}")]
    others += runbooks.runbook_findings(runbooks.subject_of(catalogue, read))
    yield from (finding for finding in others if selection.takes(finding.check))


def _routing(catalogue: Catalogue, files: Sequence[RuleFile], context: Context, path: str) -> Iterator[Finding]:
    if catalogue.routing is not None:
        alerts = arriving(files, context.schema, catalogue.collection.external_labels)
        yield from routing.routing_findings(routing.subject_of(catalogue.routing, alerts, Place(path)))


def written_rules(files: Iterable[RuleFile], folder: str) -> list[Written]:
    """Return every rule of some files, with its place below `folder`."""
    return [_written(rule, f"{folder}/{file.path}") for file in files for rule in file.rules]


def _written(rule: Rule, path: str) -> Written:
    if isinstance(rule, Alerting):
        place = Place(path, None, f"alert {rule.alert}")
        return Written(
            Use.ALERT,
            rule.alert,
            rule.expr,
            Source(rule.expr),
            place,
            rule.labels,
            rule.annotations,
            rule.lasting,
            rule.accepts,
            rule.declared,
        )
    place = Place(path, None, f"recording rule {rule.record}")
    return Written(
        Use.RECORDING, rule.record, rule.expr, Source(rule.expr), place, rule.labels, accepts=rule.accepts
    )


def arriving(files: Iterable[RuleFile], schema: Schema, external: Labels) -> Iterator[routing.AlertLabels]:
    """Yield the labels with which each alert arrives at Alertmanager."""
    for rule in (rule for file in files for rule in file.rules):
        if isinstance(rule, Alerting):
            try:
                node = parse(rule.expr)
            except PromqlError:
                continue
            yield alert_labels(rule, infer(node, schema), external)
