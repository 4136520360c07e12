"""Runbooks: reads them, and checks that alerts and pages agree.

Everything is handed in as text, `{slug: text}`; where the pages lie is the command line's matter.
"""

from steward.check.runbooks.findings import CHECKS, runbook_findings
from steward.check.runbooks.page import SECTIONS, Block, FrontMatter, Runbook, Section, Unreadable
from steward.check.runbooks.queries import query_subjects
from steward.check.runbooks.reader import read, read_all
from steward.check.runbooks.subject import RunbooksSubject, Served, served, subject_of, worst

__all__ = [
    "CHECKS",
    "SECTIONS",
    "Block",
    "FrontMatter",
    "Runbook",
    "RunbooksSubject",
    "Section",
    "Served",
    "Unreadable",
    "query_subjects",
    "read",
    "read_all",
    "runbook_findings",
    "served",
    "subject_of",
    "worst",
]
