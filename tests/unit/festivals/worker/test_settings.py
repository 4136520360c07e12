from datetime import timedelta

import pytest

from festivals.worker.__main__ import main
from festivals.worker.settings import WorkerSettings
from steward.program.settings import SettingsError


def test_defaults() -> None:
    settings = WorkerSettings.read({})
    assert str(settings.address) == "127.0.0.1:8082"
    assert settings.wallet_idle == timedelta(days=30)
    assert settings.heartbeat_seconds * 5 == settings.stalled_seconds == 20


def test_everything_can_be_set() -> None:
    settings = WorkerSettings.read(
        {
            "FESTIVALS_PORT": "9999",
            "FESTIVALS_WALLET_IDLE_DAYS": "0",
            "FESTIVALS_WORKER_JOBS": "9",
            "FESTIVALS_WORKER_STALLED_SECONDS": "2",
        }
    )
    assert settings.address.port == 9999
    assert settings.wallet_idle == timedelta(0)
    assert (settings.jobs_at_once, settings.stalled_seconds) == (9, 2)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FESTIVALS_WALLET_IDLE_DAYS", "thirty"),
        ("FESTIVALS_WALLET_IDLE_DAYS", "-1"),
        ("FESTIVALS_WALLET_IDLE_DAYS", "9999999999"),
        ("FESTIVALS_WORKER_JOBS", "0"),
        ("FESTIVALS_WORKER_STALLED_SECONDS", "0"),
        ("FESTIVALS_WORKER_STALLED_SECONDS", "²"),
        ("FESTIVALS_PORT", "70000"),
    ],
)
def test_a_wrong_value_is_named_in_one_line(variable: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SettingsError, match=variable):
        WorkerSettings.read({variable: value})
    assert main({variable: value}) == 2
    told = capsys.readouterr().err
    assert variable in told
    assert told.count("\n") == 1
