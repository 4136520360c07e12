import pytest

from steward.oncall.deliver.allow_list import AllowList, NotAllowed
from steward.oncall.settings import OnCallSettings

LIST = AllowList.of(
    OnCallSettings(
        allowed_hosts=("chat.internal", "relay.internal:8443", "[::1]:99", "10.0.0.7"),
        webhook_url="http://Pages.Internal:9000/hook",
        ping_url="https://watcher.example/ping/secret",
    )
)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.slack.com/services/x",
        "https://HOOKS.slack.com./services/x",
        "https://events.pagerduty.com/v2/enqueue",
        "http://chat.internal/x",
        "https://chat.internal:1234/x",
        "https://relay.internal:8443/",
        "http://[::1]:99/",
        "http://10.0.0.7/",
        "http://pages.internal:9000/other",
        "https://watcher.example/",
    ],
)
def test_allowed(url: str) -> None:
    LIST.check(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.com/services/x",
        "https://hooks.slack.com:8443/",
        "https://hooks.slack.com.evil.example/",
        "https://evil.example/?hooks.slack.com",
        "https://hooks.slack.com@evil.example/",
        "https://user:password@hooks.slack.com/",
        "http://relay.internal/",
        "http://pages.internal/",
        "http://watcher.example/",
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:8090/",
        "ftp://chat.internal/",
        "file:///etc/passwd",
        "https://hooks.slack.com:99999/",
        "https://[broken/",
        "",
    ],
)
def test_not_allowed(url: str) -> None:
    with pytest.raises(NotAllowed):
        LIST.check(url)


def test_says_how_to_allow_and_no_path() -> None:
    with pytest.raises(
        NotAllowed, match=r"evil\.example:443 may not be called.*STEWARD_ONCALL_ALLOWED_HOSTS"
    ) as caught:
        LIST.check("https://evil.example/secret")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "inside", ["10.1.2.3", "127.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.1"]
)
def test_a_public_name_may_not_lead_inside(inside: str) -> None:
    assert LIST.usable("https://hooks.slack.com/x", [inside, "3.5.7.9"]) == ["3.5.7.9"]


def test_a_name_that_the_operator_named_may_lead_inside() -> None:
    assert LIST.usable("http://chat.internal/x", ["10.1.2.3"]) == ["10.1.2.3"]
