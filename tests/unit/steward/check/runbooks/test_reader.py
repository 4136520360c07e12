import pytest

from steward.check.runbooks import Block, FrontMatter, Unreadable, read, read_all


def test_front_matter_says_whom_a_page_serves(page: str) -> None:
    assert read("api-down", page).front == FrontMatter("API Down", ("APIDown", "APISlow"), "critical", "sre")


def test_headings_have_their_lines_and_code_has_none(page: str) -> None:
    sections = read("api-down", page).sections

    assert [section.title for section in sections] == [
        "Symptoms",
        "Impact",
        "Diagnosis",
        "Fix",
        "Verification",
        "Escalation",
    ]
    assert page.splitlines()[sections[3].line - 1] == "## Fix"


def test_blocks_have_their_language_their_lines_and_no_indentation(page: str) -> None:
    query, command = read("api-down", page).blocks

    assert query == Block("promql", 'up{job="festivals-api"}\n  == 0', query.line)
    assert page.splitlines()[query.line - 1].strip() == 'up{job="festivals-api"}'
    assert (command.language, command.text) == ("bash", "## no heading\n./steward logs api")


def test_only_promql_is_a_query(page: str) -> None:
    assert [block.language for block in read("api-down", page).queries] == ["promql"]


def test_longer_fence_may_hold_a_shorter_one() -> None:
    (block,) = read("x", "````markdown\n```promql\nup\n```\n````\n## After\n").blocks

    assert block.text == "```promql\nup\n```"


def test_code_within_a_line_opens_no_block() -> None:
    page = read("x", "```up``` is code.\n\n## Fix\n")

    assert page.blocks == ()
    assert [section.title for section in page.sections] == ["Fix"]


def test_block_that_is_never_closed_goes_to_the_end() -> None:
    page = read("x", "```promql\nup\n## Fix\n")

    assert page.blocks[0].text == "up\n## Fix"
    assert page.sections == ()


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_endings_of_lines_do_not_matter(page: str, ending: str) -> None:
    assert read("api-down", page.replace("\n", ending)) == read("api-down", page)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("# API Down\n", 1, "does not begin with a front matter"),
        ("", 1, "does not begin with a front matter"),
        ("---\ntitle: A\n# never closed\n", 1, "does not begin with a front matter"),
        ("---\ntitle: A\nalerts: [A\nowner: sre\n---\n", 4, "no YAML"),
        ("---\ntitle: 2026-13-45\n---\n", 2, "no YAML"),
        ("---\njust words\n---\n", 2, "has no `title`"),
        ("---\n---\n", 2, "has no `title`"),
        ("---\ntitle: A\nalerts: [B]\n---\n", 1, "lacks `owner`, `severity`"),
        ("---\ntitle: A\nalerts: [B]\nseverity: info\nowner: sre\nsince: May\n---\n", 1, "nothing reads `since`"),
        ("---\ntitle: A\nalerts: B\nseverity: info\nowner: sre\n---\n", 1, "no list of names"),
        ("---\ntitle: A\nalerts: []\nseverity: info\nowner: sre\n---\n", 1, "no list of names"),
        ("---\ntitle: A\nalerts: [1]\nseverity: info\nowner: sre\n---\n", 1, "no list of names"),
        ("---\ntitle: A\nalerts: [B]\nseverity: 3\nowner: sre\n---\n", 1, "`severity`"),
        ("---\ntitle: A\nalerts: [B]\nseverity: info\nowner: ''\n---\n", 1, "`owner`"),
    ],
)
def test_front_matter_that_cannot_be_read_is_told_with_its_place(text: str, line: int, words: str) -> None:
    front = read("x", text).front

    assert isinstance(front, Unreadable)
    assert front.line == line
    assert words in front.message


def test_page_without_front_matter_still_has_its_parts(page: str) -> None:
    bare = read("x", page.split("---\n", 2)[2])

    assert len(bare.sections) == 6
    assert len(bare.queries) == 1


def test_all_pages_come_by_slug(page: str) -> None:
    assert [one.slug for one in read_all({"b": page, "a": page})] == ["a", "b"]


@pytest.mark.parametrize(
    ("word", "line"),
    [("APIDown", 3), ("APISlow", 3), ("severity:", 4), ("API", None), ("sre-team", None), ("Nothing", None)],
)
def test_word_of_the_front_matter_has_a_line(page: str, word: str, line: int | None) -> None:
    assert read("api-down", page.replace("API Down", "Down")).line_of(word) == line


def test_language_may_be_written_in_capitals() -> None:
    assert len(read("x", "```PromQL\nup\n```\n").queries) == 1
