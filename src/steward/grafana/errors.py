"""What can go wrong between us and a Grafana.

GrafanaError
├── Unreachable     nothing answers, or what answers is no Grafana
├── Refused         the token is missing, wrong, or may not do this
├── NotThere        it has no such dashboard or folder
├── ChangedMeanwhile    somebody saved the dashboard after we read it
├── Rejected        it does not take what we send
└── NotADashboard   a file or an answer does not hold one
"""


class GrafanaError(Exception):
    """A failure that the user can mend: what happened, and how to mend it."""

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend


class Unreachable(GrafanaError):
    """Nothing answers at the address, or it does not speak as Grafana does."""


class Refused(GrafanaError):
    """Whoever asks may not."""


class NotThere(GrafanaError):
    """Grafana has nothing of this uid."""


class ChangedMeanwhile(GrafanaError):
    """The dashboard has another version than the one that was read."""


class Rejected(GrafanaError):
    """Grafana does not take what it was sent."""


class NotADashboard(GrafanaError):
    """There is JSON, or not even that, where a dashboard should be."""
