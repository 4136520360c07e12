"""Reads files of rules, as Prometheus or its Kubernetes operator takes them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from steward.check.finding import Place
from steward.check.reading.accepts import Comment, comments
from steward.check.reading.lines import Part, documents
from steward.check.reading.written import Source, Written
from steward.check.shape import Use
from steward.model import ZERO, Duration

_KEYS = frozenset({"record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"})
_GROUP_KEYS = frozenset(
    {"name", "interval", "rules", "limit", "query_offset", "labels", "partial_response_strategy", "source_tenants"}
    | {"evaluation_delay", "align_evaluation_time_on_interval"}
)
_OPERATOR = "PrometheusRule"


@dataclass(frozen=True, slots=True)
class RuleText:
    """What a file of rules holds."""

    rules: tuple[Written, ...]
    stray: tuple[Comment, ...]
    """Comments that say `steward:` and are about no rule, or cannot be understood."""


@dataclass(frozen=True, slots=True)
class _Lined:
    written: Written
    first: int
    last: int


def is_rules(document: Part) -> bool:
    """Tell whether a document holds rules."""
    try:
        entries = document.mapping("the file")
    except ValueError:
        return False
    return "groups" in entries or _is_custom_resource(entries)


def read_rules(file: str, text: str) -> RuleText:
    """Return the rules of a file; raises Unreadable."""
    lined = [rule for document in documents(file, text) for rule in _document(document)]
    said = list(comments(text))
    rules, used = [], set()
    for one in lined:
        about = [comment for comment in said if one.first <= comment.about <= one.last]
        about = [comment for comment in about if comment.accepted]
        used |= {comment.line for comment in about}
        accepts = tuple(comment.accepted for comment in about if comment.accepted)
        rules.append(replace(one.written, accepts=accepts))
    return RuleText(tuple(rules), tuple(comment for comment in said if comment.line not in used))


def _document(document: Part) -> Iterator[_Lined]:
    entries = document.mapping("the file")
    if "kind" in entries and not _is_custom_resource(entries):
        return
    if _is_custom_resource(entries):
        if "spec" not in entries:
            raise document.wrong("a PrometheusRule without spec", "put the groups below spec")
        entries = entries["spec"].mapping("spec")
    if "groups" not in entries:
        raise document.wrong("no groups of rules", "begin with `groups:`, as Prometheus reads it")
    for group in entries["groups"].items("groups"):
        yield from _group(group)


def _is_custom_resource(entries: dict[str, Part]) -> bool:
    return "kind" in entries and entries["kind"].text("kind") == _OPERATOR


def _group(group: Part) -> Iterator[_Lined]:
    entries = group.mapping("a group")
    _refuse_unknown(entries, _GROUP_KEYS, "a group")
    if "name" not in entries:
        raise group.wrong("a group without name", "give it a `name`")
    labels = entries["labels"].texts("labels") if "labels" in entries else ()
    for rule in entries["rules"].items("rules") if "rules" in entries else ():
        yield _rule(rule, labels)


def _rule(rule: Part, inherited: tuple[tuple[str, str], ...]) -> _Lined:
    entries = rule.mapping("a rule")
    _refuse_unknown(entries, _KEYS, "a rule")
    kinds = [key for key in ("alert", "record") if key in entries]
    if len(kinds) != 1 or "expr" not in entries:
        raise rule.wrong("a rule needs `expr`, and one of `alert` and `record`", "give it what it lacks")
    use = Use.ALERT if kinds == ["alert"] else Use.RECORDING
    name, expr = entries[kinds[0]].text(kinds[0]), entries["expr"]
    text = expr.text("expr")
    if "keep_firing_for" in entries:
        _duration(entries["keep_firing_for"])
    written = Written(
        use,
        name,
        text,
        Source(text, keeps_lines=expr.keeps_lines),
        Place(rule.file, expr.line, f"{use.value} {name}"),
        tuple(sorted((dict(inherited) | dict(_texts(entries, "labels"))).items())),
        _texts(entries, "annotations"),
        _duration(entries["for"]) if "for" in entries else ZERO,
    )
    return _Lined(written, rule.first_line, max(rule.last_line - 1, rule.first_line))


def _texts(entries: dict[str, Part], key: str) -> tuple[tuple[str, str], ...]:
    return entries[key].texts(key) if key in entries else ()


def _duration(part: Part) -> Duration:
    text = part.text("a length of time")
    try:
        return ZERO if text == "0" else Duration.parse(text)
    except ValueError as error:
        raise part.wrong(str(error), "write it as 30s, 5m or 1h30m") from None


def _refuse_unknown(entries: dict[str, Part], known: frozenset[str], what: str) -> None:
    for name, part in entries.items():
        if name not in known:
            raise part.wrong(f"{what} has no {name!r}", f"Prometheus knows {', '.join(sorted(known))}")
