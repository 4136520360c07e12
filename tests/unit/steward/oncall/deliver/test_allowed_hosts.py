"""How hosts that may be called are written."""

import pytest

from steward.oncall.deliver.allow_list import AllowList
from steward.oncall.settings import ALLOWED_HOSTS, OnCallSettings
from steward.program.settings import SettingsError


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("chat.internal", "http://chat.internal:1234/"),
        ("chat.internal:8443", "https://chat.internal:8443/"),
        ("10.0.0.7:80", "http://10.0.0.7/"),
        ("::1", "http://[::1]:99/"),
        ("[::1]:99", "http://[::1]:99/"),
        ("one.internal, two.internal:80", "http://two.internal/"),
    ],
)
def test_what_is_written_may_be_called(text: str, url: str) -> None:
    hosts = ALLOWED_HOSTS.read({ALLOWED_HOSTS.variable: text})
    AllowList.of(OnCallSettings(allowed_hosts=hosts)).check(url)


@pytest.mark.parametrize(
    "text", ["http://host", "host/path", "host:0", "host:99999", "host:x", "a@b", "[::1", ":80"]
)
def test_what_is_no_host_stops_the_start(text: str) -> None:
    with pytest.raises(SettingsError, match="host or host:port"):
        ALLOWED_HOSTS.read({ALLOWED_HOSTS.variable: text})
