"""What the operators change: a new festival, a new ticket type, opening and closing."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from festivals.admin.addresses import festival_id
from festivals.admin.csrf import FormTokens
from festivals.admin.failures import Failures
from festivals.admin.form_data import posted
from festivals.admin.forms import WHOLE_FORM, Form, new_festival, new_ticket_type
from festivals.admin.view import View
from festivals.domain.errors import Conflict
from festivals.domain.festival import FestivalStatus
from festivals.domain.ticket import TicketKind
from festivals.services.festival_report import festival_report
from festivals.services.festivals import Festivals
from festivals.services.tickets import Tickets
from festivals.store.database import Database

_UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Desk:
    """What a page needs that takes a form."""

    view: View
    tokens: FormTokens
    failures: Failures

    async def form(self, request: Request) -> Form:
        """Return what was typed; raises Refused for a form that is not ours."""
        return await posted(request, self.tokens)

    def again(self, request: Request, template: str, form: Form, **values: object) -> Response:
        """Show a form again, with what is wrong in it."""
        self.failures.mistaken(request)
        return self.view.page(request, template, _UNPROCESSABLE, form=form, **values)


def routes(desk: Desk, database: Database, festivals: Festivals, tickets: Tickets) -> list[Route]:
    """Return the forms and what they post to."""
    return [
        *_new_festival(desk, festivals),
        *_new_ticket_type(desk, festivals, tickets),
        *_state(desk, database, festivals),
    ]


def _new_festival(desk: Desk, festivals: Festivals) -> list[Route]:
    template = "festival_new.html"

    async def show_form(request: Request) -> Response:
        return desk.view.page(request, template, form=Form({"currency": "EUR"}))

    async def create_festival(request: Request) -> Response:
        form = await desk.form(request)
        wanted = new_festival(form)
        if wanted is not None:
            try:
                await festivals.create(wanted.id, wanted.name, wanted.currency)
            except Conflict:
                form.wrong("id", "There is a festival with this identifier; choose another.")
            else:
                return _see(f"/festivals/{wanted.id}")
        return desk.again(request, template, form)

    return [Route("/new-festival", show_form), Route("/new-festival", create_festival, methods=["POST"])]


def _new_ticket_type(desk: Desk, festivals: Festivals, tickets: Tickets) -> list[Route]:
    path, template = "/festivals/{festival_id}/ticket-types/new", "ticket_type_new.html"
    kinds = [kind.value for kind in TicketKind]

    async def show_form(request: Request) -> Response:
        festival = await festivals.get(festival_id(request))
        return desk.view.page(request, template, festival=festival, kinds=kinds, form=Form({}))

    async def create_ticket_type(request: Request) -> Response:
        festival = await festivals.get(festival_id(request))
        form = await desk.form(request)
        wanted = new_ticket_type(form)
        if wanted is not None:
            try:
                await tickets.add_type(festival.id, wanted.name, wanted.kind, wanted.price_cents, wanted.capacity)
            except Conflict as error:
                form.wrong(WHOLE_FORM, f"{error}.")
            else:
                return _see(f"/festivals/{festival.id}")
        return desk.again(request, template, form, festival=festival, kinds=kinds)

    return [Route(path, show_form), Route(path, create_ticket_type, methods=["POST"])]


def _state(desk: Desk, database: Database, festivals: Festivals) -> list[Route]:
    async def open_festival(request: Request) -> Response:
        identifier = festival_id(request)
        await desk.form(request)
        await festivals.open(identifier)
        return _see(f"/festivals/{identifier}")

    async def confirm_closing(request: Request) -> Response:
        report = await festival_report(database, festival_id(request))
        if report.festival.status is not FestivalStatus.OPEN:
            raise Conflict(
                f"festival {report.festival.id} is {report.festival.status}; only an open one can be closed"
            )
        return desk.view.page(request, "festival_close.html", report=report)

    async def close_festival(request: Request) -> Response:
        identifier = festival_id(request)
        await desk.form(request)
        await festivals.close(identifier)
        return _see(f"/festivals/{identifier}")

    return [
        Route("/festivals/{festival_id}/open", open_festival, methods=["POST"]),
        Route("/festivals/{festival_id}/close", confirm_closing),
        Route("/festivals/{festival_id}/close", close_festival, methods=["POST"]),
    ]


def _see(address: str) -> Response:
    """Send the browser on, so that reloading the page does not post again."""
    return RedirectResponse(address, 303)
