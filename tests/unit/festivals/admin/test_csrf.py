import time

import pytest

from festivals.admin.csrf import LIFETIME_SECONDS, FormTokens, comes_from_elsewhere


def test_a_token_is_good_for_its_cookie_only() -> None:
    tokens = FormTokens()
    mine, other = tokens.new_cookie(), tokens.new_cookie()
    assert tokens.accepts(mine, tokens.token(mine))
    assert not tokens.accepts(other, tokens.token(mine))


def test_a_token_of_another_process_is_refused() -> None:
    tokens = FormTokens()
    cookie = tokens.new_cookie()
    assert not tokens.accepts(cookie, FormTokens().token(cookie))


@pytest.mark.parametrize("token", [None, "", "x", "a.b.c", "\udc80", "é" * 5000])
def test_what_is_no_token_is_refused(token: str | None) -> None:
    assert not FormTokens().accepts("cookie", token)


def test_without_a_cookie_no_token_is_good() -> None:
    tokens = FormTokens()
    assert not tokens.accepts(None, tokens.token(""))
    assert not tokens.accepts("", tokens.token(""))


def test_a_token_ages(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = FormTokens("key")
    old = tokens.token("cookie")
    assert tokens.accepts("cookie", old)
    later = time.time() + LIFETIME_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert not tokens.accepts("cookie", old)


@pytest.mark.parametrize(
    ("site", "elsewhere"), [(None, False), ("same-origin", False), ("none", False), ("cross-site", True)]
)
def test_the_browser_says_whose_request_it_is(site: str | None, elsewhere: bool) -> None:
    assert comes_from_elsewhere({} if site is None else {"sec-fetch-site": site}) is elsewhere
