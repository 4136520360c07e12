"""Where a request comes from."""

import pytest
from starlette.datastructures import Headers
from starlette.requests import Request

from steward.oncall.web.origin import forwarded_for, from_another_site, from_this_machine, peer

PUBLIC = "https://oncall.example"


def request(client: str | None, *headers: tuple[str, str]) -> Request:
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    scope = {"type": "http", "headers": raw, "client": None if client is None else (client, 50_000)}
    return Request(scope)


HOST = ("Host", "localhost:8090")


@pytest.mark.parametrize("client", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["localhost:8090", "127.0.0.1:8090", "[::1]:8090", "localhost"])
def test_this_machine(client: str, host: str) -> None:
    assert from_this_machine(request(client, ("Host", host)))


@pytest.mark.parametrize(
    "forwarded",
    [
        [("Forwarded", "for=127.0.0.1")],
        [("Forwarded", 'for="[::1]:4711";proto=http, for=127.0.0.1')],
        [("X-Forwarded-For", "127.0.0.1, ::1")],
        [("X-Real-IP", "127.0.0.1"), ("X-Forwarded-Host", "localhost:8080")],
    ],
)
def test_hops_of_this_machine_stay_trusted(forwarded: list[tuple[str, str]]) -> None:
    assert from_this_machine(request("127.0.0.1", HOST, *forwarded))


@pytest.mark.parametrize(
    "headers",
    [
        [("Host", "oncall.example:8090")],
        [("Host", "localhost.evil.example")],
        [("Host", "")],
        [],
        [HOST, ("Host", "evil.example")],
        [HOST, ("Via", "1.1 proxy")],
        [HOST, ("Forwarded", "for=192.0.2.1")],
        [HOST, ("Forwarded", "for=127.0.0.1, for=192.0.2.1")],
        [HOST, ("Forwarded", "for=192.0.2.1, for=127.0.0.1")],
        [HOST, ("Forwarded", "for=127.0.0.1"), ("Forwarded", "for=192.0.2.1")],
        [HOST, ("Forwarded", "for=unknown")],
        [HOST, ("Forwarded", "for=_hidden")],
        [HOST, ("Forwarded", "for=localhost")],
        [HOST, ("Forwarded", "proto=https")],
        [HOST, ("Forwarded", "for=127.0.0.1, proto=https")],
        [HOST, ("Forwarded", "")],
        [HOST, ("Forwarded", 'for="127.0.0.1, for=192.0.2.1')],
        [HOST, ("X-Forwarded-For", "192.0.2.1, 127.0.0.1")],
        [HOST, ("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-For", "192.0.2.1")],
        [HOST, ("X-Forwarded-For", "127.0.0.1,")],
        [HOST, ("X-Real-IP", "192.0.2.1")],
        [HOST, ("CF-Connecting-IP", "192.0.2.1")],
        [HOST, ("X-Forwarded-Host", "oncall.example")],
    ],
)
def test_anything_else_on_the_way_takes_the_trust(headers: list[tuple[str, str]]) -> None:
    assert not from_this_machine(request("127.0.0.1", *headers))


@pytest.mark.parametrize("client", ["192.0.2.1", "::2", "testclient", None])
def test_another_peer_is_not_this_machine_whatever_it_says(client: str | None) -> None:
    assert not from_this_machine(request(client, HOST, ("Forwarded", "for=127.0.0.1")))


@pytest.mark.parametrize(
    ("client", "headers", "expected"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", [("X-Forwarded-For", "198.51.100.7")], "192.0.2.1"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", [("Forwarded", "for=198.51.100.7, for=127.0.0.1")], "198.51.100.7"),
        ("127.0.0.1", [("X-Forwarded-For", "203.0.113.1, 198.51.100.7")], "198.51.100.7"),
        ("127.0.0.1", [("X-Forwarded-For", "198.51.100.7"), ("X-Real-IP", "203.0.113.1")], "198.51.100.7"),
        ("127.0.0.1", [("Forwarded", "for=203.0.113.1"), ("X-Forwarded-For", "198.51.100.7")], "198.51.100.7"),
        ("127.0.0.1", [("Forwarded", 'for="[2001:db8::1]:99"')], "2001:db8::1"),
    ],
)
def test_the_peer_is_who_a_forwarder_here_had_before_it(
    client: str, headers: list[tuple[str, str]], expected: str
) -> None:
    assert peer(request(client, *headers)) == expected


def test_a_hop_is_read_without_quotes_and_port() -> None:
    lines = Headers({"forwarded": 'by=x;For="192.0.2.1:80"', "x-forwarded-for": "[2001:db8::1]:443, 2001:db8::2"})
    assert forwarded_for(lines) == ["192.0.2.1", "2001:db8::1", "2001:db8::2"]


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {}),
        ("POST", {"sec-fetch-site": "same-origin"}),
        ("POST", {"sec-fetch-site": "none"}),
        ("POST", {"origin": "http://localhost:8090"}),
        ("POST", {"origin": PUBLIC}),
        ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}),
        ("POST", {"sec-fetch-site": "same-origin", "origin": "null"}),
    ],
)
def test_our_own_pages_programs_and_followed_links(method: str, headers: dict[str, str]) -> None:
    found = Headers({"host": "localhost:8090"} | headers)
    assert not from_another_site(method, found, public_url=PUBLIC)


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}),
        ("POST", {"sec-fetch-site": "same-site"}),
        ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"}),
        ("GET", {"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors"}),
        ("DELETE", {"sec-fetch-site": "cross-site"}),
        ("POST", {"origin": "http://evil.example"}),
        ("POST", {"origin": "http://localhost:3000"}),
        ("POST", {"origin": "null"}),
        ("POST", {"origin": ""}),
        ("POST", {"origin": "http://[broken"}),
    ],
)
def test_other_sites_pages(method: str, headers: dict[str, str]) -> None:
    found = Headers({"host": "localhost:8090"} | headers)
    assert from_another_site(method, found, public_url=PUBLIC)


def test_a_host_of_nothing_is_no_origin_of_ours() -> None:
    assert from_another_site("POST", Headers({"host": "", "origin": "null"}), public_url="")
