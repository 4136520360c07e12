"""What a run may be told, and what follows from it."""

import ipaddress
import math
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from festivals.traffic.plan import affordable_visitors
from festivals.traffic.profile import DAY

MOST_RATE = 2_000
MOST_VISITORS = 20_000
MOST_SECONDS = 24 * 3600.0
BASE_DAY_SECONDS = 30 * 60.0
"""How long a simulated day takes at time scale 1."""

_MOST_FESTIVALS = 20
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)([smh]?)")


@dataclass(frozen=True, slots=True)
class Settings:
    """One run: against what, how much, how long."""

    url: str
    admin_url: str | None = None
    token: str | None = None
    rate: int = 40
    """Requests per second that are never exceeded."""
    seconds: float = 8 * 3600.0
    visitors: int = 400
    seed: int = 1
    days: int | None = None
    """Days to play; None plays until the time is over."""
    time_scale: float = 1.0

    @property
    def day_seconds(self) -> float:
        """Real seconds that a day takes."""
        return BASE_DAY_SECONDS / self.time_scale

    @property
    def speed(self) -> float:
        """Simulated seconds in one real second."""
        return DAY.length / self.day_seconds

    @property
    def visitors_a_day(self) -> int:
        """The visitors who can have their whole day under the rate."""
        return affordable_visitors(self.visitors, rate=self.rate, seconds=self.day_seconds)

    @property
    def days_a_festival(self) -> int:
        """How many days one festival lasts, so that a run opens no more than 20, however short its days are.

        Metrics carry a festival's identifier: each festival costs its series.
        """
        days = math.ceil(self.seconds / self.day_seconds)
        return math.ceil(min(days, self.days or days) / _MOST_FESTIVALS)


def parse_duration(text: str) -> float:
    """Return the seconds of `90`, `90s`, `30m` or `8h`; ValueError says what is wrong."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no duration; write for example 90s, 30m or 8h")
    seconds = float(match[1]) * _UNITS[match[2]]
    if not 0 < seconds <= MOST_SECONDS:
        raise ValueError(f"{text!r} is out of range; a run lasts up to 24h")
    return seconds


def check_url(text: str, *, allowed_host: str | None) -> str:
    """Return `text` if load may be sent there: to this machine, or to the one host that was named.

    ValueError says what is wrong.
    """
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"not a URL: {error}") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise ValueError(f"{text!r} is no address of a server; write for example http://127.0.0.1:8080")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("give scheme, host and port only; a token goes into the file of --token-file")
    if not (_is_loopback(host) or host == allowed_host):
        raise ValueError(f"{host} is another machine; to send it load on purpose add --allow-remote-host {host}")
    return text.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
