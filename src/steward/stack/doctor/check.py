"""What a check of the doctor says."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from steward.stack.errors import StackError


class Verdict(Enum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    """The stack starts, but not as well as it could."""
    FAIL = "fail"
    """The stack does not start."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    verdict: Verdict
    what: str
    mend: str = ""
    """How to make it ok; empty where it is."""


def ok(name: str, what: str) -> Check:
    """Say that something is as it should be."""
    return Check(name, Verdict.OK, what)


def warn(name: str, what: str, mend: str) -> Check:
    """Say that something could be better."""
    return Check(name, Verdict.WARN, what, mend)


def fail(name: str, what: str, mend: str) -> Check:
    """Say that something keeps the stack from starting."""
    return Check(name, Verdict.FAIL, what, mend)


def guarded(name: str, look: Callable[[], Iterable[Check]]) -> list[Check]:
    """Return what `look` says; where it breaks, that is what there is to say."""
    try:
        return list(look())
    except StackError as error:
        return [fail(name, error.what, error.mend)]
    except Exception as error:  # noqa: BLE001 - the doctor is called when anything may be broken
        return [fail(name, f"{type(error).__name__}: {error}", "This check itself failed; please report it.")]
