"""Rows as the domain's values, and back."""

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Table

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def columns_of(value: "type[DataclassInstance]", *tables: Table) -> tuple[Column[Any], ...]:
    """Return the columns named as the fields of `value`, in their order, so that `value(*row)` makes one of a row.

    Each comes from the first of `tables` that has it; raises KeyError where none has.
    """
    return tuple(_column(field.name, tables) for field in fields(value))


def row_of(value: "DataclassInstance") -> dict[str, Any]:
    """Return the fields of `value` by name; not `asdict`, which copies deeply and takes ten times as long."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def _column(name: str, tables: tuple[Table, ...]) -> Column[Any]:
    for table in tables:
        if name in table.c:
            return table.c[name]
    raise KeyError(f"no column is called {name} in {', '.join(table.name for table in tables)}")
