"""Findings as SARIF 2.1.0, which code hosts show beside the lines.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from steward.check.finding import Finding, Level
from steward.check.registry import Described

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Level.INFO: "note", Level.WARNING: "warning", Level.ERROR: "error"}


def as_sarif(findings: Sequence[Finding], checks: Iterable[Described]) -> str:
    """Return a log with one run; paths are relative to the root of the repository."""
    rules = list(checks)
    numbers = {check.name: number for number, check in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "steward", "rules": [_rule(check) for check in rules]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, numbers) for finding in findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _rule(check: Described) -> dict[str, Any]:
    return {"id": check.name, "shortDescription": {"text": check.why}}


def _result(finding: Finding, numbers: dict[str, int]) -> dict[str, Any]:
    what = f"{finding.place.what}: " if finding.place.what else ""
    result: dict[str, Any] = {
        "ruleId": finding.check,
        "ruleIndex": numbers[finding.check],
        "level": _LEVELS[finding.level],
        "message": {"text": f"{what}{finding.message}. {finding.why} To mend it: {finding.mend}."},
        "locations": [{"physicalLocation": _location(finding)}],
    }
    if finding.accepted:
        result["suppressions"] = [{"kind": "inSource", "justification": finding.accepted}]
    return result


def _location(finding: Finding) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": finding.place.line or 1}
    if finding.text is not None and finding.span is not None:
        region["snippet"] = {"text": finding.span.of(finding.text)}
    return {"artifactLocation": {"uri": quote(finding.place.file.removeprefix("./"))}, "region": region}
