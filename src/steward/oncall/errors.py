"""What can be wrong with a request, by what the caller can do about it.

OnCallError
├── NotFound      no such thing; 404
├── Conflict      the state of things does not allow it now; 409
├── Invalid       it could never be allowed; 422
└── Unavailable   a neighbour does not answer; try again; 503
"""


class OnCallError(Exception):
    """The message is for the person who asked: what, where, and how to mend it."""


class NotFound(OnCallError):
    """There is no such thing."""


class Conflict(OnCallError):
    """The state of things does not allow it now."""


class Invalid(OnCallError):
    """It could never be allowed."""


class Unavailable(OnCallError):
    """A neighbour does not answer."""
