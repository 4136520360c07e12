"""The pages for what went wrong: friendly, exact, and without a word of the inside."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """What the operator reads when there is no page to show."""

    status: int
    title: str
    explanation: str
    way_on: str = "/"
    way_on_label: str = "To the overview"


NOT_FOUND = Problem(404, "There is nothing here", "The address may be mistyped, or what it names never existed.")
METHOD_NOT_ALLOWED = Problem(405, "That does not work here", "This address cannot be asked for in that way.")
NOT_OUR_FORM = Problem(
    403,
    "This form cannot be accepted",
    "It is older than twelve hours or than the dashboard's last start, your browser keeps no cookies, or another "
    "site sent it. Nothing was changed. Open the page anew and try again.",
)
WRONG_HOST = Problem(
    403,
    "This address cannot be used",
    "The dashboard on this machine answers only to localhost, 127.0.0.1 and [::1].",
)
NO_PASSWORD = Problem(401, "Who are you?", "The dashboard asks for the password of the user admin.")
TOO_MUCH = Problem(413, "That is too much", "A form of this dashboard is never that large. Nothing was changed.")
BAD_FORM = Problem(400, "The form cannot be read", "Nothing was changed. Open the page anew and try again.")
UNAVAILABLE = Problem(
    503,
    "The database does not answer",
    "The dashboard works again as soon as it does; whatever you asked for just now may or may not have happened. "
    "Try again in a moment.",
)
INTERNAL = Problem(
    500,
    "Something went wrong",
    "The mistake is ours and stands in the log. Try again, and tell the on-call engineer if it stays.",
)


def conflict(reason: str, festival_id: str) -> Problem:
    """Return the page for a festival whose state does not allow what was asked."""
    sentence = f"{reason[:1].upper()}{reason[1:]}."
    return Problem(409, "That is not possible now", sentence, f"/festivals/{festival_id}", "To the festival")
