"""People's answers to pages, from wherever in the web they come."""

from collections.abc import Callable

from steward.oncall.context import Context
from steward.oncall.domain.page import Page
from steward.oncall.web.caller import Caller


def answer(context: Context, act: Callable[..., Page], page_id: int, caller: Caller, **more: object) -> Page:
    """Do one of the things of `services.paging` to a page, commit it, ring for the sender; return the page."""
    with context.store.write() as connection:
        page = act(
            connection, page_id, actor=caller.name, now=context.clock(), catalogue=context.catalogue, **more
        )
    context.wake()
    return page
