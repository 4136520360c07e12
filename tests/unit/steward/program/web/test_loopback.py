"""What counts as this machine."""

import pytest

from steward.program.web.loopback import is_loopback_name, is_loopback_peer


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:3000", "LOCALHOST", "127.0.0.1:3000", "[::1]", "[::1]:3000"]
)
def test_this_machines_names(host: str) -> None:
    assert is_loopback_name(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:3000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "[::2]:3000",
        "::1",
    ],
)
def test_other_names(host: str) -> None:
    assert not is_loopback_name(host)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_this_machines_addresses(address: str) -> None:
    assert is_loopback_peer(address)


@pytest.mark.parametrize("address", ["", "localhost", "10.0.0.1", "::2", "::ffff:10.0.0.1", "127.0.0.1:80"])
def test_other_addresses(address: str) -> None:
    assert not is_loopback_peer(address)
