"""Contacts as people and exports write them: cleaned, in one form, never a reason to lose a visit (G5)."""

from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalling.http import contacts
from signalling.http.scalars import Contact
from signalling.http.schemas.link_answers import Sent
from signalling.http.table import ROUTES
from tests.http.clinic import ADMIN, Desk
from tests.http.serving import Served

ONE_NUMBER = [
    "+49 30 1234567",
    "+49301234567",
    "\u202a+49 30 1234567\u202c",  # as a phone's address book copies it
    "\u200e+49\u2066 30 1234567\u2069\u200f",
    "+49\u00a030\u20091234\u2011567",
    "+49 30 1234\u2013567",
    "+49\u206030\u20601234567\ufe0f",
    "\ufeff +49 30 1234567 \t\n",
    "+49 (0) 30 1234567",
    "+49(0)30/1234567",
    "+49 30 / 1234567",
    "0049 30 1234567",
    "(0049) 30 1234567",
    "tel:+49-30-1234567",
    "TEL:%2B49301234567",
    "tel:030-1234567;phone-context=+49",
    "Tel.: +49 30 1234567",
    "'+49 30 1234567'",
    "\uff0b\uff14\uff19 \uff13\uff10 \uff11\uff12\uff13\uff14\uff15\uff16\uff17",  # double width
    "+49 30 1234567\x00",
]

WITH_AN_EXTENSION = [
    "+49 30 1234567 ext. 12",
    "+49 30 1234567 x12",
    "+49 30 1234567, Ext 12",
    "+49-30-1234567#12",
    "+49 30 1234567 Durchwahl 12",
    "tel:+49-30-1234567;ext=12",
]

NO_NUMBER = [
    "n/a", "unknown", "-", "+", "12", "12a", "1" * 16, "+999 12345678", "+49", "+1 (800) FLOWERS",
    "030 123456 / 0170 1234567", "+49 30 1234 / +49 170 1234567", "anna@example.org", "1" * 2000,
]  # fmt: skip

ONE_ADDRESS = [
    "anna-lena@example.org",
    " anna-lena@example.org\u00a0",
    "\u200eanna-lena@EXAMPLE.org\u200f",
    "anna\u2011lena@example.org",
    "anna\u2013lena@example.org",
    "\ufeffanna-lena\u2060@example.org\ufe0f",
    "anna-lena @ example.org",
    "<anna-lena@example.org>",
    "Anna Lena <anna-lena@example.org>",
    '"Lena, Anna" <anna-lena@example.org>;',
    "M\u00fcller, Dr. Anna-Lena <anna-lena@example.org>",
    "Anna (Mutter) <mailto:anna-lena@example.org>",
    "mailto:anna-lena@example.org?subject=Hello",
    "MAILTO:anna-lena%40example.org",
    "anna-lena@example.org;",
    "anna-lena@example.org.",
    "\uff41nna-lena\uff20example.org",
]

NO_ADDRESS = [
    "x", "a@b", "a b@c.de", "a@b..c", "a@b.de\nBcc: c@d.de", "a@b.de, c@d.de", "A <a@b.de>, C <c@d.de>",
    "@b.de", "n/a", "a@1.2.3.4", "j\u00f6rg@example.org", "a" * 65 + "@b.de", "a@" + "b" * 2000,
]  # fmt: skip


@pytest.mark.parametrize("written", ONE_NUMBER)
def test_a_number_has_one_form(written: str) -> None:
    assert contacts.phone(written) == "+49 30 1234567"


@pytest.mark.parametrize("written", WITH_AN_EXTENSION)
def test_an_extension_is_kept(written: str) -> None:
    assert contacts.phone(written) == "+49 30 1234567 ext. 12"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("(030) 123 45\u201167", "0301234567"),
        ("030 1234567 x12", "0301234567 ext. 12"),
        ("Fon 030/1234567", "0301234567"),
        ("112", "112"),
        ("+44 20 7946 0958 x7", "+44 20 7946 0958 ext. 7"),
    ],
)
def test_of_a_number_without_its_country_the_digits(written: str, kept: str) -> None:
    """Nobody says which country: it is not guessed."""
    assert contacts.phone(written) == kept


@pytest.mark.parametrize("written", NO_NUMBER)
def test_what_is_no_number(written: str) -> None:
    assert contacts.phone(written) is None


@pytest.mark.parametrize("written", ONE_ADDRESS)
def test_an_address_has_one_form(written: str) -> None:
    assert contacts.email(written) == "anna-lena@example.org"


@pytest.mark.parametrize(
    "written", ["info@m\u00fcnchen.de", "INFO@M\u00dcNCHEN.DE", "info@xn--mnchen-3ya.de"]
)
def test_a_domain_in_its_own_script(written: str) -> None:
    assert contacts.email(written) == "info@m\u00fcnchen.de"


@pytest.mark.parametrize("written", ["sam@patients.test", "o'brien+x@clinic.local"])
def test_an_address_of_a_network_of_its_own(written: str) -> None:
    assert contacts.email(written) == written


@pytest.mark.parametrize("written", NO_ADDRESS)
def test_what_is_no_address(written: str) -> None:
    assert contacts.email(written) is None


@given(st.text(max_size=60) | st.from_regex(r"[+0-9 ()/.x#-]{1,30}"))
def test_what_was_cleaned_is_clean(written: str) -> None:
    for clean in (contacts.phone, contacts.email):
        if (once := clean(written)) is not None:
            assert clean(once) == once
            assert once.isprintable()


# Over HTTP


def invalid(*fields: str) -> list[dict[str, str]]:
    return [{"code": "contact_invalid", "field": each} for each in fields]


UGLY = {"email": "n/a", "phone": "see notes"}
MESSY = {"email": "mailto:Kim@Example.org ", "phone": "\u202a+49 30 1234\u2011567\u202c"}
CLEAN = {"email": "Kim@example.org", "phone": "+49 30 1234567"}


async def test_a_guests_contacts_lose_no_visit(desk: Desk) -> None:
    guests = [{"id": "kim", "name": "Kim"} | MESSY, {"id": "lou", "name": "Lou"} | UGLY]
    made = await desk.booked(guests=guests)
    assert made["warnings"] == invalid("guests[1].email", "guests[1].phone")
    kim, lou = made["guests"]
    assert {name: kim[name] for name in CLEAN} == CLEAN
    assert (lou["email"], lou["phone"]) == (None, None)
    assert await failing(desk) == ["contact_invalid"]
    path = "/v1/appointments/a1/diagnosis"
    [staff, theirs] = [(await api.call("GET", path)).json for api in (desk.api, await desk.link())]
    [said] = [each for each in staff["checks"] if each["code"] == "contact_invalid"]
    assert (said["passed"], said["where"]) == (False, "/v1/appointments/a1")
    # A patient would take it for their own.
    assert [each["passed"] for each in theirs["checks"] if each["code"] == "contact_invalid"] == [True]
    again = await desk.booked(guests=[guests[0] | CLEAN, guests[1] | {"phone": "", "email": " "}])
    assert again["warnings"] == []


async def test_a_patients_and_a_practitioners(desk: Desk) -> None:
    put = await desk.ok("PUT", "/v1/patients/kim", {"name": "Kim"} | MESSY)
    assert put == {"id": "kim", "name": "Kim", "warnings": []} | CLEAN
    put = await desk.ok("PUT", "/v1/patients/kim", {"name": "Kim"} | UGLY)
    assert (put["email"], put["phone"], put["warnings"]) == (None, None, invalid("email", "phone"))
    put = await desk.ok("PUT", "/v1/practitioners/dr-z", {"name": "Dr Z", "email": "at reception"})
    assert (put["email"], put["warnings"]) == (None, invalid("email"))


async def test_the_clinics_own(desk: Desk, whole: Served) -> None:
    """A change that cannot be used changes nothing."""
    made = await desk.ok("PATCH", "/v1/clinic", {"phone": "tel:+49-30-1234567;ext=12"})
    assert (made["phone"], made["warnings"]) == ("+49 30 1234567 ext. 12", [])
    made = await desk.ok("PATCH", "/v1/clinic", {"phone": "ask Ann"})
    assert (made["phone"], made["warnings"]) == ("+49 30 1234567 ext. 12", invalid("phone"))
    assert (await desk.ok("PATCH", "/v1/clinic", {"phone": " "}))["phone"] is None
    body = {"id": f"{desk.clinic}.2", "name": "Two", "time_zone": "UTC", "phone": "none"}
    reply = await whole.as_(ADMIN).call("POST", "/v1/clinics", json=body)
    assert (reply.status, reply.json["warnings"]) == (201, invalid("phone"))


async def test_the_diagnosis_says_so(desk: Desk) -> None:
    await desk.ok("PUT", "/v1/patients/pat-1", {"name": "Ann", "email": "a@example.org", "phone": "ask"})
    made = await desk.booked()
    assert made["link"]["usable"]
    assert await failing(desk) == ["contact_invalid"]
    await desk.ok("PUT", "/v1/patients/pat-1", {"name": "Ann", "email": "ask", "phone": ""})
    assert await failing(desk) == ["contact_missing", "contact_invalid"]
    await desk.ok("PUT", "/v1/patients/pat-1", {"name": "Ann", "email": "a@example.org"})
    assert await failing(desk) == []


async def failing(desk: Desk) -> list[str]:
    found = await desk.ok("GET", "/v1/appointments/a1/diagnosis")
    assert not [each for each in found["checks"] if each["blocking"] and not each["passed"]]
    codes = [each["code"] for each in found["checks"] if not each["passed"]]
    # Here is nothing that sends; whether a job has found that out yet is not what is asked.
    return [code for code in codes if code != "message_undelivered"]


async def test_whoever_comes_along_is_invited_all_the_same(desk: Desk) -> None:
    await desk.booked()
    made = await desk.ok("POST", "/v1/appointments/a1/guests", {"name": "Kim"} | UGLY)
    assert made["link"]
    assert made["warnings"] == invalid("email", "phone")


async def test_an_external_database_loses_none(desk: Desk, whole: Served) -> None:
    """Nor does a repeat under its Idempotency-Key say anything else."""
    await desk.ok("PUT", "/v1/practitioners/dr-x", {"name": "Dr X", "external_ids": ["X"]})
    path = f"/v1/external/{desk.clinic}"
    made = await whole.as_(ADMIN).call("PUT", path, json={"clinics": [desk.clinic]})
    body = {
        "id": "ext-1",
        "external_practitioner": "X",
        "external_type": "T",
        "patient": "eva",
        "patient_details": {"name": "Eva"} | UGLY,
        "guests": [{"id": "kim", "name": "Kim"} | UGLY | {"email": MESSY["email"]}],
        "starts_at": "2026-03-03T10:00:00Z",
        "ends_at": "2026-03-03T10:30:00Z",
    }
    wanted = invalid("guests[0].phone", "patient_details.email", "patient_details.phone")
    for _ in range(2):
        reply = await whole.as_(made.json["group_key"]).call(
            "POST", f"{path}/appointments", json=body, headers={"Idempotency-Key": "one"}
        )
        assert reply.status in {200, 201}, reply.body
        assert sorted(reply.json["warnings"], key=str) == sorted(wanted, key=str)
    assert (await desk.ok("GET", "/v1/patients/eva"))["name"] == "Eva"


@pytest.mark.parametrize("contact", [7, True, ["a@example.org"], {"a": 1}])
async def test_what_is_no_text_is_still_refused(desk: Desk, contact: Any) -> None:
    reply = await desk.api.call("PUT", "/v1/patients/kim", json={"name": "Kim", "email": contact})
    assert (reply.status, reply.code, reply.json["field"]) == (422, "type_invalid", "email")


async def test_a_name_is_not_cleaned(desk: Desk) -> None:
    """A bidi override could rewrite the line it is shown in."""
    reply = await desk.api.call("PUT", "/v1/patients/kim", json={"name": "\u202eKim"})
    assert (reply.status, reply.code, reply.json["field"]) == (422, "string_invalid", "name")


def test_every_call_that_takes_a_contact_says_what_it_left_out() -> None:
    asking = [
        route
        for route in ROUTES
        # Whose link is asked for by a contact is answered alike whatever it is, and nothing is kept.
        if route.name != "send_links" and route.body is not None and any(_contacts(route.body))
    ]
    # Whoever lost their link keeps nothing here, and is answered the same whatever they gave.
    asking = [route for route in asking if set(route.answers.values()) != {Sent}]
    assert len(asking) >= 8
    for route in asking:
        for answer in route.answers.values():
            assert "warnings" in answer.__struct_fields__, route.name


def _contacts(kind: Any) -> Iterator[type]:
    """The contacts in a body, however deep."""
    if isinstance(kind, type) and issubclass(kind, Contact):
        yield kind
    elif isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        for field in msgspec.structs.fields(kind):
            yield from _contacts(field.type)
    else:
        for each in get_args(kind):
            yield from _contacts(each)
