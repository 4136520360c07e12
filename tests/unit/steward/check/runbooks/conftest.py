"""A page that is well, and the catalogue's side of it."""

from collections.abc import Callable

import pytest

from steward.check.finding import Finding
from steward.check.runbooks import RunbooksSubject, Served, read, runbook_findings
from steward.model import Severity

PAGE = """\
---
title: API Down
alerts: [APIDown, APISlow]
severity: critical
owner: sre
---

# API Down

## Symptoms

Nothing answers.

## Impact

Nobody pays.

## Diagnosis

1. Ask which process it is:

   ```promql
   up{job="festivals-api"}
     == 0
   ```

2. Read the log:

   ```bash
   ## no heading
   ./steward logs api
   ```

## Fix

Start it.

## Verification

It answers.

## Escalation

The team lead.
"""
SERVED = (
    Served("APIDown", "api-down", Severity.CRITICAL, "sre"),
    Served("APISlow", "api-down", Severity.WARNING, "backend"),
)

Find = Callable[..., list[Finding]]


@pytest.fixture
def page() -> str:
    return PAGE


@pytest.fixture
def find() -> Find:
    """Return what the checks find in one page called api-down."""

    def found(text: str, served: tuple[Served, ...] = SERVED) -> list[Finding]:
        return list(runbook_findings(RunbooksSubject((read("api-down", text),), served)))

    return found
