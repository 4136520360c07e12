import pytest

from festivals.traffic.settings import Settings, check_url, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("1.5m", 90), ("8h", 28_800), (" 24h ", 86_400)]
)
def test_a_duration_is_a_number_with_a_unit(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "0", "-5s", "1d", "25h", "1h30m", "nan", "1e9"])
def test_what_is_no_duration_of_up_to_a_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no duration|out of range"):
        parse_duration(text)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:1", "https://127.9.9.9/"]
)
def test_this_machine_may_be_loaded(url: str) -> None:
    assert check_url(url, allowed_host=None) == url.rstrip("/")


def test_another_machine_must_be_named_exactly() -> None:
    with pytest.raises(ValueError, match=r"add --allow-remote-host staging\.test"):
        check_url("http://staging.test", allowed_host=None)
    with pytest.raises(ValueError, match="another machine"):
        check_url("http://staging.test", allowed_host="test")
    assert check_url("http://staging.test", allowed_host="staging.test")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:8080",
        "ftp://127.0.0.1",
        "http://",
        "http://127.0.0.1:port",
        "http://[::1",
        "http://127.0.0.1?q",
    ],
)
def test_what_is_no_address_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"no address|not a URL|only"):
        check_url(url, allowed_host=None)


def test_a_secret_in_a_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(ValueError, match="--token-file") as refusal:
        check_url("http://ann:s3cret@127.0.0.1", allowed_host=None)
    assert "s3cret" not in str(refusal.value)


def test_a_day_takes_half_an_hour_and_less_at_a_greater_time_scale() -> None:
    assert Settings("").day_seconds == 1_800
    assert Settings("", time_scale=60).day_seconds == 30


@pytest.mark.parametrize(
    ("seconds", "days", "time_scale", "days_a_festival"),
    [(8 * 3600, None, 1, 1), (8 * 3600, None, 60, 48), (8 * 3600, 3, 60, 1), (60, None, 1, 1)],
)
def test_a_run_opens_no_more_festivals_than_the_metrics_have_room_for(
    seconds: float, days: int | None, time_scale: float, days_a_festival: int
) -> None:
    settings = Settings("", seconds=seconds, days=days, time_scale=time_scale)
    assert settings.days_a_festival == days_a_festival
