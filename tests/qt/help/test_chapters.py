# SPDX-License-Identifier: MIT
"""What the chapters say is so: their links lead somewhere, what they name is there, and what is there they name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from notification_tester import resources
from notification_tester.__main__ import main
from notification_tester.domain.specifications.successors import CHAPTERS
from notification_tester.qt.help.chapters import FIRST, groups, read_chapters, search
from notification_tester.qt.help.drawings import DRAWINGS
from notification_tester.storage.preferences import SETTINGS

READ = read_chapters()
PAGES = ("test", "hit-types", "inbox", "history", "accounts", "preferences", "checkup")
JARGON = (
    "payload", "endpoint", "polling", "idempotent", "principal-", "daemon", "serialise", "deserialise", "callback",
    "boolean", "namespace", "latency", "asynchronous", "instantiate", "invoke", "verbose", "sanity", "leverage",
)  # fmt: skip


def test_every_page_has_a_chapter_and_every_file_is_in_the_contents() -> None:
    assert set(PAGES) <= READ.keys()
    assert {path.stem for path in (resources.folder() / "help").glob("*.md")} == READ.keys()
    assert {name for _, names in groups(READ[FIRST]) for name in names} == READ.keys() - {FIRST}


@pytest.mark.parametrize("name", READ)
def test_every_link_leads_somewhere(name: str) -> None:
    for link in READ[name].links():
        if link.startswith("https://"):
            continue
        file, _, anchor = link.partition("#")
        assert file.removesuffix(".md") in READ, link
        assert not anchor or anchor in {one.anchor for one in READ[file.removesuffix(".md")].sections()}, link
    for picture in re.findall(r"!\[[^\]]+\]\((.+?)\)", READ[name].markdown):
        assert picture in DRAWINGS or (resources.folder() / "help" / picture).is_file()


@pytest.mark.parametrize("name", READ)
def test_a_section_can_be_told_from_the_others_of_its_chapter(name: str) -> None:
    anchors = [one.anchor for one in READ[name].sections()]
    assert len(anchors) == len(set(anchors))
    assert READ[name].sections()[0].heading == READ[name].title


def test_the_contents_call_each_chapter_by_its_title() -> None:
    for title, target in re.findall(r"^- \[(.+)\]\((.+)\.md\)$", READ[FIRST].markdown, re.MULTILINE):
        assert READ[target].title == title


def test_every_word_of_the_command_line_is_explained_and_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    there = set(re.findall(r"^    ([a-z]\S+)", capsys.readouterr().out, re.MULTILINE))
    named = {one.heading for one in READ["command-line"].sections()[1:]}
    assert named - {"home"} == there
    for word in there:
        assert f"    mturk-notification-tester {word}" in READ["command-line"].markdown


def test_every_preference_is_explained() -> None:
    said = READ["preferences"].markdown
    assert [one.label for one in SETTINGS if one.label and f"**{one.label}**" not in said] == []


@pytest.mark.parametrize("name", READ)
def test_no_word_is_only_understood_by_programmers(name: str) -> None:
    said = " ".join(f"{one.heading} {one.text}" for one in READ[name].sections()).casefold()
    assert [word for word in JARGON if word in said] == []


def test_what_became_of_each_part_of_the_older_api_is_told() -> None:
    said = " ".join(f"{one.heading} {one.text}" for one in READ["older-api"].sections())
    assert "shut on 1 June 2019" in said
    for chapter in CHAPTERS:
        for row in chapter.rows:
            assert all(text in said for text in (chapter.title, row.name, row.had, row.today))


def test_what_is_looked_for_is_found_in_headings_first_and_with_every_word() -> None:
    found = search(READ, "sandbox LIVE")
    assert (found[0].chapter.name, found[0].section.anchor) == ("words", "sandbox-and-live")
    assert all("sandbox" in f"{one.section.heading} {one.section.text}".casefold() for one in found)
    assert search(READ, "  ") == []
    assert search(READ, "sandbox unheardof") == []
    (billed,) = search(READ, "price pages")
    assert "price pages" in billed.line
    assert billed.chapter.name == "costs"


def places(words: str) -> list[tuple[str, str]]:
    return [(one.chapter.name, one.section.anchor) for one in search(READ, words)]


@pytest.mark.parametrize(
    ("written", "too"),
    [("email", "e-mail"), ("E-Mails", "e-mail"), ("throwaway", "throw-away"), ("policy", "policies"), ("keys", "key")],
)
def test_hyphens_and_plurals_are_all_the_same(written: str, too: str) -> None:
    assert places(written)
    assert places(written) == places(too)


@pytest.mark.parametrize("word", ["i", "do", "a-b", "x", "("])
def test_a_short_word_is_found_as_a_whole(word: str) -> None:
    letters = word.replace("-", "")
    found = search(READ, word)
    assert found or word not in {"i", "do"}, "which help says somewhere"
    for one in found:
        said = re.findall(r"\w+", f"{one.section.heading} {one.section.text}".casefold())
        assert letters in said or letters == "(", one.section.heading


def test_each_column_of_the_inbox_is_explained() -> None:
    assert ("inbox", "what-a-row-says") in places("remark")


def test_where_keys_come_from_is_told_from_a_requesters_sign_in_on() -> None:
    """Each step has its page of Amazon's, and what only AWS's own people understand comes after them."""
    parts = dict(READ["accounts"].parts())
    steps = parts["Where keys come from"]
    for words in (
        "*Link your AWS account*",
        "*Create user*",
        "`AmazonMechanicalTurkFullAccess`",
        "*Download .csv file*",
    ):
        assert words in steps
    key, administrator = steps.index("*Download .csv file*"), steps.index("*For the administrator…*")
    assert key < administrator, "what it writes is about the account that is open, which needs the key"
    assert len(re.findall(r"^\d\. ", steps, re.MULTILINE)) == steps.count("(https://docs.aws.amazon.com/") == 4
    for jargon in ("UpdateNotificationSettings", "credential_process", "session token"):
        assert jargon not in steps
        assert jargon in READ["accounts"].markdown


def test_nothing_that_help_said_is_lost() -> None:
    """What people were told before there were chapters."""
    said = " ".join(f"{one.heading} {one.text}" for chapter in READ.values() for one in chapter.sections())
    for words in (
        "nothing leaves this computer, unless you have it send elsewhere yourself",
        "Mechanical Turk sends a test even for an event that is not",
        "What breaks receivers",
        "which nobody else can reach",
        "it can be dropped onto the page, too",
        "out of sight for a few seconds and are given back as soon as the search ends",
        "removes it afterwards, at the next start if it was interrupted",
        "in no file, no history and no report of this program",
        "the old ones stay until the new ones are kept",
        "no core dumps",
    ):
        assert words in said


def test_no_chapter_asks_the_network_for_anything() -> None:
    for path in Path(resources.folder() / "help").iterdir():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"!\[[^\]]*\]\(\w+:|<(?:img|script|link|iframe|image)\b", text), path.name
