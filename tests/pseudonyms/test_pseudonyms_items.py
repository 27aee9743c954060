"""Pseudonyms: one for each person, the same in every file and every later run; ordinary words stay."""

import pytest

from coder.pseudonyms import Item, Mention, Replacer, items_of, mentions_in
from coder.pseudonyms.patterns import matches


def named(*texts: str, known: dict[str, str] | None = None) -> dict[str, str]:
    pairs = [("f", Mention("Name", text, 0, len(text))) for text in texts]
    return {item.text: item.replacement for item in items_of(pairs, known)}


def test_parts_of_a_name_share_its_pseudonym() -> None:
    assert named("Jane", "Jane Smith", "Smith") == dict.fromkeys(["Jane", "Jane Smith", "Smith"], "[Name 1]")


def test_a_part_of_two_names_has_one_of_its_own() -> None:
    given = named("Jane Smith", "Ann Smith", "Smith")
    assert len(set(given.values())) == 3


def test_pseudonyms_given_earlier_are_kept_and_never_given_twice() -> None:
    given = named("Ben", "Jane", known={"Jane": "[Name 1]"})
    assert given == {"Ben": "[Name 2]", "Jane": "[Name 1]"}


def test_a_name_that_is_a_word_is_replaced_only_where_it_is_a_name() -> None:
    text = "Will you come? My husband Will says no."
    mentions = mentions_in([text])[0]
    items = items_of([("f", mention) for mention in mentions])
    assert Replacer(items).replaced(text, mentions).text == "Will you come? My husband [Name 1] says no."


def test_a_name_found_once_is_replaced_everywhere_but_not_inside_words_or_in_lower_case() -> None:
    items = [Item("Rhys", "Name", "[Name 1]"), Item("Ann Lee", "Name", "[Name 2]")]
    text = "Rhys, RHYS's, Rhyston. Ann\nLee and rhys"
    assert Replacer(items).replaced(text).text == "[Name 1], [Name 1]'s, Rhyston. [Name 2] and rhys"


def test_what_is_to_be_kept_stays() -> None:
    assert Replacer([Item("Tesco", "Organisation", "[x]", action="keep")]).replaced("Tesco").text == "Tesco"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("943 476 5919", "NHS number"),
        ("943 476 5918", "Number"),
        ("07700 900123", "Phone"),
        ("+44 (0)20 7946 0018", "Phone"),
        ("a.b+c@d-e.co.uk", "E-mail"),
        ("SW1A 1AA", "Postcode"),
        ("AB 12 34 56 C", "National Insurance number"),
        ("3rd of May 1962", "Date"),
        ("03/11/1978", "Date"),
        ("@handle_1", "Account"),
    ],
)
def test_forms_are_recognised_whole(text: str, kind: str) -> None:
    sentence = f"it was {text}, I think"
    assert (kind, 7, 7 + len(text)) in set(matches(sentence))


@pytest.mark.parametrize(
    "text", ["in 2019", "about 120 over 80", "at 10:30", "5 to 10 times", "COM-B", "£1,250.50"]
)
def test_ordinary_numbers_stay(text: str) -> None:
    assert list(matches(text)) == []
