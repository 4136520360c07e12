"""What people answer to a page from where they were told of it."""

from enum import StrEnum


class Answer(StrEnum):
    """What a button or a link does."""

    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
