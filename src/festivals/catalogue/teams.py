"""Who owns what is watched, and whom it goes to next."""

from festivals.catalogue import oncall, people
from steward.model import Team

SRE = Team(
    "sre",
    "SRE",
    "PagerDuty rotation",
    "VP of Engineering",
    "sre@festivals.io",
    schedule=oncall.SRE.name,
    lead=people.LEA,
    contact=people.VERA.name,
)
DBA = Team(
    "dba",
    "DBA",
    "DBA on-call",
    "SRE team",
    schedule=oncall.DBA.name,
    lead=people.DIMITRI,
    contact=SRE.name,
)
BACKEND = Team(
    "backend",
    "Backend",
    "Backend on-call",
    "SRE team",
    schedule=oncall.BACKEND.name,
    lead=people.GRETA,
    contact=SRE.name,
)
SECURITY = Team(
    "security",
    "Security",
    "Security on-call",
    "CISO",
    schedule=oncall.SECURITY.name,
    lead=people.KOFI,
    contact=people.CIARAN.name,
)
PLATFORM = Team(
    "platform",
    "Platform",
    "Platform team",
    "SRE team",
    "platform@festivals.io",
    schedule=oncall.PLATFORM.name,
    lead=people.NADIA,
    contact=SRE.name,
)

TEAMS = (SRE, DBA, BACKEND, SECURITY, PLATFORM)
