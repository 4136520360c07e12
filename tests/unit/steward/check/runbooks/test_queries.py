from steward.check.runbooks import query_subjects, read
from steward.check.shape import Use


def test_query_is_a_subject_with_its_place(page: str) -> None:
    (subject,) = query_subjects([read("api-down", page)])

    assert (subject.use, subject.name) == (Use.RUNBOOK, "api-down")
    assert subject.text == 'up{job="festivals-api"}\n  == 0'
    assert subject.place.file == "runbooks/api-down.md"
    assert subject.place.line == page.splitlines().index('   up{job="festivals-api"}') + 1


def test_query_that_cannot_be_read_is_none(page: str) -> None:
    assert list(query_subjects([read("api-down", page.replace("== 0", "=="))])) == []
