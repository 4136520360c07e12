import pytest

from festivals.admin.gate import is_loopback_name


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
