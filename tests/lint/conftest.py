"""The catalogue that the files here are held against."""

from collections.abc import Callable
from pathlib import Path

import pytest

from festivals.catalogue import CATALOGUE
from steward.check.everything import arriving, context_of
from steward.check.finding import Finding
from steward.check.linting import file_findings
from steward.check.reading.files import read_file
from steward.check.shape import Context
from steward.compile.rule_files import rule_files

Lint = Callable[[Path], list[Finding]]


@pytest.fixture(scope="session")
def lint() -> Lint:
    """Return what finds everything that is wrong with a file, held against the catalogue of Festivals."""
    files = rule_files(CATALOGUE, CATALOGUE.collection)
    context = context_of(CATALOGUE, files)
    alerts = list(arriving(files, context.schema, CATALOGUE.collection.external_labels))

    def against_catalogue(path: Path) -> list[Finding]:
        content = read_file(path.name, path.read_text(), context.collection.interval)
        return list(file_findings([content], context, alerts))

    return against_catalogue


@pytest.fixture(scope="session")
def lint_alone() -> Lint:
    """Return what finds everything that is wrong with a file of which nothing else is known."""

    def alone(path: Path) -> list[Finding]:
        context = Context()
        content = read_file(path.name, path.read_text(), context.collection.interval)
        return list(file_findings([content], context))

    return alone
