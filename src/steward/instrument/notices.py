"""What goes wrong in the accounting is said in the log once, not once a request."""

import logging
from collections.abc import Hashable

_LOG = logging.getLogger("steward.instrument")


class Notices:
    """A log that says each thing once in the life of its owner."""

    def __init__(self) -> None:
        self._said: set[Hashable] = set()

    def once(self, about: Hashable, message: str, *arguments: object, error: BaseException | None = None) -> None:
        """Log `message` as a warning unless something was logged about the same thing before."""
        if about in self._said:
            return
        self._said.add(about)
        _LOG.warning(message, *arguments, exc_info=error)
