from festivals.catalogue import CATALOGUE

CONTACTS = {
    "SRE": ("PagerDuty rotation", "VP of Engineering"),
    "DBA": ("DBA on-call", "SRE team"),
    "Backend": ("Backend on-call", "SRE team"),
    "Security": ("Security on-call", "CISO"),
}


def test_teams_have_the_contacts_of_the_requirement() -> None:
    teams = {team.title: (team.primary, team.escalation) for team in CATALOGUE.teams}

    assert teams | CONTACTS == teams
    assert {team.email for team in CATALOGUE.teams if team.email} == {"sre@festivals.io", "platform@festivals.io"}
