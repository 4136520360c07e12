"""What a child process is told: its environment, with every placeholder in its place."""

from pathlib import Path

from steward.model import PYTHON, Native, Secret, Service
from steward.stack.account import caller
from steward.stack.programs import find
from steward.stack.site import Site
from steward.stack.state import State

KEY = Secret("pager-key", "PAGER_KEY", generated=False)


def environment(native: Native, *, secrets: dict[str, str], inherited: dict[str, str]) -> dict[str, str]:
    service = Service(
        "it", "It", native=native, environment=(("PAGER_KEY_FILE", "{secret.pager-key}"),), secrets=(KEY,)
    )
    state = State(Path("/state"))
    site = Site(
        service, native, find(PYTHON, None), caller(), state, {}, {}, secrets, inherited, state.run, Path("/shop")
    )
    return site.environment()


def test_a_secret_that_is_not_given_is_not_named() -> None:
    native = Native(PYTHON)
    given = environment(native, secrets={"pager-key": "k"}, inherited={})
    assert given["PAGER_KEY_FILE"] == "/state/secrets/it/pager-key"
    assert "PAGER_KEY_FILE" not in environment(native, secrets={}, inherited={})


def test_a_declared_setting_of_the_user_wins_unless_it_is_empty() -> None:
    native = Native(PYTHON, environment=(("STORE", "sqlite"), ("PAGES", "{project}/pages")), settings=("STORE",))
    assert environment(native, secrets={}, inherited={"STORE": "postgresql"})["STORE"] == "postgresql"
    assert environment(native, secrets={}, inherited={"STORE": ""})["STORE"] == "sqlite"
    assert environment(native, secrets={}, inherited={"PAGES": "/other"})["PAGES"] == "/shop/pages"
