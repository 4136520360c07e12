"""The catalogue by name, and the store by address: what is taken, and what is refused in which words."""

from dataclasses import replace

import pytest

from steward.model import BusinessDays
from steward.oncall.composition import load_catalogue, store_address
from steward.oncall.settings import OnCallSettings
from steward.program.settings import SettingsError
from steward.testing.oncall import SHOP as shop  # noqa: N811 - here SHOP names it

SHOP = "steward.testing.oncall:SHOP"
NOWHERE = replace(shop, oncall=shop.oncall and replace(shop.oncall, business=BusinessDays(country="XX")))


def test_catalogue_is_imported_by_name() -> None:
    assert load_catalogue(OnCallSettings(catalogue=SHOP)).name == "shop"


def test_its_waits_are_divided_by_the_time_scale() -> None:
    real = load_catalogue(OnCallSettings(catalogue=SHOP)).oncall
    fast = load_catalogue(OnCallSettings(catalogue=SHOP, time_scale=60)).oncall

    assert real is not None
    assert fast is not None
    assert fast.watchdog_within.seconds * 60 == real.watchdog_within.seconds
    assert fast.policies[0].steps[1].after.seconds == 15
    assert fast.longest_silence == real.longest_silence


def test_country_without_known_holidays_is_refused() -> None:
    place = f"{__name__}:NOWHERE"
    with pytest.raises(SettingsError, match="no public holidays are known of 'XX'"):
        load_catalogue(OnCallSettings(catalogue=place))


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("", "set it to package.module:NAME"),
        ("steward.testing.oncall", "set it to package.module:NAME"),
        ("no.such:CATALOGUE", "there is no module no"),
        ("steward.testing.oncall:NONE", "NONE in steward.testing.oncall is not a Catalogue"),
        ("steward.testing.oncall:MONDAY", "MONDAY in steward.testing.oncall is not a Catalogue"),
        (f"{__name__}:SHOP", "SHOP in"),
    ],
)
def test_place_without_a_catalogue_is_refused(place: str, says: str) -> None:
    with pytest.raises(SettingsError, match=f"STEWARD_ONCALL_CATALOGUE={place!r}: .*{says}"):
        load_catalogue(OnCallSettings(catalogue=place))


@pytest.mark.parametrize(
    ("store", "says"),
    [
        ("oncall.db", "STEWARD_ONCALL_STORE is not an address"),
        ("mysql://root@db/oncall", "STEWARD_ONCALL_STORE: mysql is not known"),
        ("postgresql://db/oncall", "STEWARD_ONCALL_STORE: postgresql is not known"),
    ],
)
def test_store_that_is_not_known_is_refused(store: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        store_address(OnCallSettings(store=store))


def test_password_joins_the_address_and_is_not_shown() -> None:
    address = store_address(
        OnCallSettings(store="postgresql+psycopg://oncall@db/oncall", store_password="open sesame")
    )

    assert address.password == "open sesame"
    assert "sesame" not in str(address)
