from collections.abc import Callable

import pytest

from steward.model import (
    PYTHON,
    CatalogueError,
    CommandProbe,
    HttpProbe,
    Native,
    Port,
    Secret,
    Service,
    SocketProbe,
    expand,
)

PASSWORD = Secret("password", "SHOP_PASSWORD")


def test_placeholders_are_replaced_and_other_braces_kept() -> None:
    text = "--listen={host}:{port.metrics} --filter=^{x|y}$ {NOT} {address.db}"

    assert expand(text, lambda kind, name: f"<{kind} {name}>") == (
        "--listen=<host None>:<port metrics> --filter=^{x|y}$ {NOT} <address db>"
    )


def test_port_is_found_by_name_and_the_first_is_the_default() -> None:
    shop = Service("shop", "Shop", ports=(Port(80), Port(81, "metrics", published=8081)))

    assert shop.port().number == 80
    assert shop.port("metrics").outside == 8081
    assert shop.port().outside == 80


MISTAKES: list[tuple[Callable[[], Service], str]] = [
    (lambda: Service("Shop", "Shop"), "lower-case"),
    (lambda: Service("shop", "Shop", ready=HttpProbe("/")), "port"),
    (lambda: Service("shop", "Shop", ready=SocketProbe(b"", ())), "port"),
    (lambda: Service("shop", "Shop", ports=(Port(1), Port(2))), "same name"),
    (lambda: Service("shop", "Shop", arguments=("{colour}",)), "unknown placeholder {colour}"),
    (lambda: Service("shop", "Shop", arguments=("{port}",)), "no port"),
    (lambda: Service("shop", "Shop", environment=(("A", "{secret.password}"),)), "secrets"),
    (lambda: Service("shop", "Shop", ready=CommandProbe(("ask", "{where}"))), "unknown placeholder"),
    (
        lambda: Service("shop", "Shop", native=Native(PYTHON, environment=(("A", "{value.password}"),))),
        "secrets",
    ),
]


@pytest.mark.parametrize(("declare", "reason"), MISTAKES)
def test_mistake_is_named_when_it_is_made(declare: Callable[[], Service], reason: str) -> None:
    with pytest.raises(CatalogueError, match=reason):
        declare()


def test_a_secret_itself_is_kept_out_of_command_lines_and_files() -> None:
    for shown in ({"arguments": ("{value.password}",)}, {"environment": (("A", "{value.password}"),)}):
        with pytest.raises(CatalogueError, match=r"use \{secret.NAME\}"):
            Service("shop", "Shop", secrets=(PASSWORD,), **shown)

    hidden = Native(PYTHON, environment=(("A", "{value.password}"),))
    assert Service("shop", "Shop", secrets=(PASSWORD,), native=hidden).native == hidden


def test_secret_name_that_is_no_file_name() -> None:
    with pytest.raises(CatalogueError, match="lower-case"):
        Secret("../password", "SHOP_PASSWORD")
