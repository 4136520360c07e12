"""Who owns what is watched, and whom it goes to next."""

from steward.model import Team

SRE = Team("sre", "SRE", "PagerDuty rotation", "VP of Engineering", "sre@festivals.io")
DBA = Team("dba", "DBA", "DBA on-call", "SRE team")
BACKEND = Team("backend", "Backend", "Backend on-call", "SRE team")
SECURITY = Team("security", "Security", "Security on-call", "CISO")
PLATFORM = Team("platform", "Platform", "Platform team", "SRE team", "platform@festivals.io")

TEAMS = (SRE, DBA, BACKEND, SECURITY, PLATFORM)
