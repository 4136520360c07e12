"""Pages, by the names that others call them by.

    alerts come in -> follow          people answer -> acknowledge, resolve, escalate, snooze
    time goes by   -> advance         not an alert  -> open_page, close_page

Each works inside the transaction that its caller holds, and puts what is to be told into the outbox there.
"""

from steward.oncall.services.advancing import Advanced, advance
from steward.oncall.services.answering import acknowledge, escalate, resolve, snooze
from steward.oncall.services.following import close_page, follow, open_page

__all__ = [
    "Advanced",
    "acknowledge",
    "advance",
    "close_page",
    "escalate",
    "follow",
    "open_page",
    "resolve",
    "snooze",
]
