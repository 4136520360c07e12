"""What a statement does, and to which table."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.sql import Delete, Insert, Select, Update, visitors
from sqlalchemy.sql.compiler import Compiled
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.schema import Table

from steward.model import OTHER

READ = 4096
"""Characters of a text that are looked at."""

_LEADING = re.compile(r"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/|\()*", re.DOTALL)
_WORD = re.compile(r"[a-z]+", re.IGNORECASE)
_CHANGES = re.compile(
    r"\b(insert)\s+into\b|\b(update)\s+(?!set\b|skip\b|nowait\b|of\b)\w|\b(delete)\s+from\b", re.IGNORECASE
)
_NAME = r"""(?:only\s+)?(?:["`]?\w+["`]?\.)?["`]?(\w+)["`]?"""
_TABLE = re.compile(rf"\b(?:from|into|update|join)\s+{_NAME}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement by its operation and the tables it names, the one that matters most first."""

    operation: str
    """In lower case: `select`, `insert`, `update`, `delete`, or the first word of anything else."""
    tables: tuple[str, ...]


NOTHING = Statement(OTHER, ())
"""What is said of work without a statement, such as a commit."""


def of_compiled(compiled: Compiled) -> Statement | None:
    """Describe a statement that SQLAlchemy built; None when it is text that it was only given."""
    statement = compiled.statement
    if isinstance(statement, Insert | Update | Delete):
        return Statement(_operation(statement), tuple(_tables(statement.table)))
    if isinstance(statement, Select):
        sources = statement.get_final_froms()
        return Statement("select", tuple(name for source in sources for name in _tables(source)))
    return None


def of_text(text: str) -> Statement:
    """Describe a statement by the beginning of its text, as well as that goes without parsing SQL."""
    text = text[:READ]
    start = _LEADING.match(text)
    word = _WORD.match(text, start.end() if start else 0)
    operation = word[0].lower() if word else OTHER
    if operation == "with":
        change = _CHANGES.search(text)
        operation = next(filter(None, change.groups())).lower() if change else "select"
    return Statement(operation, tuple(dict.fromkeys(name.lower() for name in _TABLE.findall(text))))


def _operation(statement: UpdateBase) -> str:
    return "insert" if isinstance(statement, Insert) else "update" if isinstance(statement, Update) else "delete"


def _tables(source: ClauseElement) -> Iterator[str]:
    for element in visitors.iterate(source):
        if isinstance(element, Table):
            yield element.name
