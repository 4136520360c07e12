"""Why the business says no.

Refusal
├── NotFound              what was named does not exist
├── Conflict              it exists, and its state does not allow this
├── Invalid               it could never be allowed, whatever the state
└── TransactionRefused    money was asked for and not moved (in `transaction`)
"""


class Refusal(Exception):
    """A request that the business refuses; the message is for the client."""


class NotFound(Refusal):
    """What was named does not exist."""


class Conflict(Refusal):
    """The state of things does not allow it now."""


class Invalid(Refusal):
    """It could never be allowed, whatever the state."""
