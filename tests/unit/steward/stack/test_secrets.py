import stat
from pathlib import Path

import pytest

from steward.model import PYTHON, Native, Secret, Service
from steward.stack import secrets
from steward.stack.account import caller
from steward.stack.errors import SettingInvalid
from steward.stack.state import State, prepare

MADE = Secret("made", "MADE")
OPERATORS = Secret("webhook", "WEBHOOK", generated=False)
SERVICE = Service("api", "API", secrets=(MADE, OPERATORS), native=Native(PYTHON))


@pytest.fixture
def place(tmp_path: Path) -> State:
    return prepare(tmp_path, {}, shared=False)


def test_a_secret_is_made_once(place: State) -> None:
    first = secrets.gather(place, [MADE], {})
    assert len(first["made"]) >= 32
    assert secrets.gather(place, [MADE], {}) == first


def test_the_environment_wins_for_as_long_as_it_says_so(place: State) -> None:
    made = secrets.gather(place, [MADE], {})
    assert secrets.gather(place, [MADE], {"MADE": " given\n"}) == {"made": "given"}
    assert secrets.gather(place, [MADE], {"MADE": ""}) == made


def test_what_only_the_operator_knows_is_never_made(place: State) -> None:
    assert secrets.gather(place, [OPERATORS], {}) == {}


def test_a_line_break_is_refused_without_showing_the_secret(place: State) -> None:
    with pytest.raises(SettingInvalid, match="WEBHOOK") as refused:
        secrets.gather(place, [OPERATORS], {"WEBHOOK": "hidden\nrequirepass none"})
    assert "hidden" not in refused.value.what + refused.value.mend


def test_each_service_gets_closed_files_of_its_own(place: State) -> None:
    secrets.hand_out(place, SERVICE, caller(), {"made": "one", "webhook": "two", "other": "three"})
    folder = secrets.secret_folder(place, SERVICE)
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"made": "one", "webhook": "two"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_secret_no_longer_given_is_taken_back(place: State) -> None:
    secrets.hand_out(place, SERVICE, caller(), {"made": "one", "webhook": "two"})
    secrets.hand_out(place, SERVICE, caller(), {"made": "one"})
    assert not (secrets.secret_folder(place, SERVICE) / "webhook").exists()
