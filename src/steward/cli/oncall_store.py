"""The on-call service's store, opened by commands that give and take access: they work while nobody can log in."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from steward.cli.project import state_folder
from steward.oncall.composition import store_address
from steward.oncall.errors import OnCallError
from steward.oncall.settings import STORE, STORE_PASSWORD, OnCallSettings
from steward.oncall.store.alone import alone
from steward.oncall.store.database import Store, StoreUnavailable, connect
from steward.oncall.store.migrate import upgrade
from steward.program.settings import SettingsError
from steward.stack.errors import NotRunning, StackError

SERVICE = "oncall"
"""The stack's name of the service, after which the folder of its store is called."""
ACTOR = "local"
"""As the audit names whoever sits at this machine."""


@contextmanager
def opened() -> Iterator[Store]:
    """Give the store that STEWARD_ONCALL_STORE names, else that of the stack here; raises StackError."""
    try:
        settings = OnCallSettings(
            store=STORE.read(os.environ) or _of_the_stack(), store_password=STORE_PASSWORD.read(os.environ)
        )
        store = connect(store_address(settings))
        try:
            _bring_up(store)
            yield store
        finally:
            store.close()
    except (OnCallError, SettingsError, StoreUnavailable) as error:
        raise StackError(str(error)) from None


def _of_the_stack() -> str:
    path = state_folder().data / SERVICE / "oncall.db"
    if not path.exists():
        raise NotRunning(
            f"there is no store at {path}: the on-call service was never started here",
            mend=f"`steward up` starts it; or set {STORE.variable} to the store of another",
        )
    return f"sqlite:///{path}"


def _bring_up(store: Store) -> None:
    """Create or upgrade the tables, unless a service that runs has done so."""
    if store.shared:
        upgrade(store)
        return
    with ExitStack() as held:
        try:
            held.enter_context(alone(store))
        except SettingsError:
            return  # the service holds it
        upgrade(store)
