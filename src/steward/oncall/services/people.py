"""Everybody whom the catalogue knows, and how others call them."""

from steward.model import Catalogue, Person


def everybody(catalogue: Catalogue) -> tuple[Person, ...]:
    """Return every person once: of on-call, its head, and the teams' leads."""
    oncall = catalogue.oncall
    people = (*oncall.people, *([oncall.head] if oncall.head else [])) if oncall else ()
    leads = tuple(team.lead for team in catalogue.teams if team.lead)
    return tuple({one.name: one for one in (*leads, *people)}.values())


def named(catalogue: Catalogue, name: str) -> Person | None:
    """Return the person called `name`."""
    return next((one for one in everybody(catalogue) if one.name == name), None)


def in_slack(catalogue: Catalogue, member: str) -> Person | None:
    """Return the person who is that member of Slack."""
    return next((one for one in everybody(catalogue) if member and one.slack == member), None)
