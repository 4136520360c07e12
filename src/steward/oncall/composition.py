"""What the settings name: the catalogue, imported and at the pace of the time scale, and where the store is."""

import importlib
from dataclasses import replace

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from steward.model import Catalogue, CatalogueError
from steward.oncall.domain import business
from steward.oncall.domain.scaled import scaled
from steward.oncall.settings import CATALOGUE, STORE, OnCallSettings
from steward.program.settings import SettingsError


def load_catalogue(settings: OnCallSettings) -> Catalogue:
    """Import the catalogue that the settings name; raises SettingsError also for one that cannot be used."""
    catalogue = _named(settings.catalogue)
    if catalogue.oncall is None or not catalogue.teams:
        raise _unusable(settings.catalogue, "it declares no on-call or no teams; give it `oncall=` and `teams=`")
    try:
        business.check(catalogue.oncall.business)
    except CatalogueError as error:
        raise _unusable(settings.catalogue, str(error)) from None
    return replace(catalogue, oncall=scaled(catalogue.oncall, settings.time_scale))


def store_address(settings: OnCallSettings) -> URL:
    """Return where the store is, with its password; raises SettingsError."""
    try:
        address = make_url(settings.store)
    except ArgumentError:
        raise SettingsError(f"{STORE.variable} is not an address; write {STORE.help}") from None
    if address.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise SettingsError(f"{STORE.variable}: {address.drivername} is not known; write {STORE.help}")
    return address.set(password=settings.store_password) if settings.store_password else address


def _named(place: str) -> Catalogue:
    module_name, colon, name = place.partition(":")
    if not (module_name and colon and name):
        raise _unusable(place, f"set it to {CATALOGUE.help}")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise _unusable(place, f"there is no module {error.name}") from None
    except CatalogueError as error:
        raise _unusable(place, f"the catalogue contradicts itself: {error}") from None
    catalogue = getattr(module, name, None)
    if not isinstance(catalogue, Catalogue):
        raise _unusable(place, f"{name} in {module_name} is not a Catalogue")
    return catalogue


def _unusable(place: str, why: str) -> SettingsError:
    return SettingsError(f"{CATALOGUE.variable}={place!r}: {why}")
