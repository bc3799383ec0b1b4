"""What each kind of link may do, in each state it can be in, with every call there is (A2, A7, B3, C6, C9,
D3, D4, CONTRACT). The answers are written out from the specification; a call that has no line here fails.
"""

import re
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from rooms.access import tokens
from rooms.access.tokens import Keyring, SigningKey
from rooms.ids import new_secret
from rooms.times import HOUR, MINUTE, show
from signalling.config import KeySetting
from signalling.http.table import ROUTES
from tests.http.clinic import SIGNING, Clock, Desk, open_desk, server_on
from tests.http.serving import Served
from tests.support.redis_server import RedisServer

# P patient, G guest, D practitioner, S staff. `good`: whose link may make the call from before its window
# until that closes; `cancelled`: also after the visit was cancelled; `closed`: also when its time is over.
RULES = """
                                                     good   cancelled  closed

# A page tells its holder what the link is for, and leads on to a current one (A6, A7).
GET    /v1/link                                      PGD    PGD        PGD
POST   /v1/link/current                              anybody
POST   /v1/booking/links                             anybody
GET    /v1/link/qr                                   PGD    -          -

# The bookmarkable address is no credential and takes none (A8).
POST   /v1/addresses/code                            anybody
POST   /v1/addresses/open                            anybody
POST   /v1/addresses/forget                          anybody

# One's own visit: read by all it concerns, why it was cancelled too; cancelled by all but guests (C6, C9).
GET    /v1/appointments/{id}                         PGDS   PGD        -
GET    /v1/appointments/{id}/calendar.ics            PGDS   PG         -
GET    /v1/appointments/{id}/diagnosis               PDS    -          -
POST   /v1/appointments/{id}/cancel                  PDS    PD         -

# Its patient books again, and confirms what was held in time (C4, C6).
GET    /v1/booking                                   PDS    P          -
GET    /v1/slots                                     PDS    P          -
POST   /v1/holds                                     PS     P          -
POST   /v1/holds/{id}/extend                         PS     P          P
POST   /v1/holds/{id}/confirm                        PS     P          P
GET    /v1/holds/{id}                                PS     -          -
DELETE /v1/holds/{id}                                PS     -          -

# A practitioner's own day: appointments, colleagues, hours (C1, C7, C8, D3).
GET    /v1/clinic                                    DS     -          -
GET    /v1/colleagues                                DS     -          -
GET    /v1/practitioners                             DS     -          -
GET    /v1/practitioners/{id}                        DS     -          -
GET    /v1/appointment-types/{id}                    DS     -          -
GET    /v1/appointments                              DS     -          -
GET    /v1/appointments/{id}/attendance              DS     -          -
GET    /v1/appointments/{id}/history                 DS     -          -
POST   /v1/appointments/{id}/reschedule              DS     -          -
POST   /v1/appointments/{id}/complete                DS     -          -
POST   /v1/appointments/{id}/no-show                 DS     -          -
GET    /v1/practitioners/{id}/availability           DS     -          -
POST   /v1/practitioners/{id}/availability           DS     -          -
PATCH  /v1/practitioners/{id}/availability/{window}  DS     -          -
DELETE /v1/practitioners/{id}/availability/{window}  DS     -          -
GET    /v1/practitioners/{id}/exceptions             DS     -          -
POST   /v1/practitioners/{id}/exceptions             DS     -          -
DELETE /v1/practitioners/{id}/exceptions/{exception} DS     -          -

# Somebody is invited: the link is shown to who carries the visit; at the desk `tokens` copies it (D9, A9).
POST   /v1/appointments/{id}/guests                  DS     -          -
GET    /v1/appointments/{id}/guests                  D      -          -
DELETE /v1/appointments/{id}/guests/{guest}          DS     -          -

# The front desk (A9, B3, B6, C7).
PUT    /v1/practitioners/{id}                        S      -          -
GET    /v1/practitioners/{id}/affected               S      -          -
POST   /v1/practitioners/{id}/room-link              S      -          -
PUT    /v1/appointment-types/{id}                    S      -          -
GET    /v1/appointment-types                         S      -          -
GET    /v1/appointment-types/{id}/affected           S      -          -
GET    /v1/patients/{id}                             S      -          -
POST   /v1/appointments/{id}/tokens                  S      -          -
POST   /v1/appointments/{id}/resend                  S      -          -
POST   /v1/appointments/{id}/revoke                  S      -          -
POST   /v1/appointments/{id}/extend                  S      -          -
POST   /v1/appointments/{id}/reallocate              S      -          -
POST   /v1/appointments/{id}/undo                    S      -          -
GET    /v1/appointments/{id}/support-bundle          S      -          -
GET    /v1/links                                     S      -          -
DELETE /v1/links/{id}                                S      -          -
GET    /v1/diagnosis                                 S      -          -
GET    /v1/audit                                     S      -          -
GET    /v1/clashes                                   S      -          -
POST   /v1/clashes/{id}/seat                         S      -          -
DELETE /v1/clashes/{id}                              S      -          -
GET    /v1/disabled-webhooks                         S      -          -

# The booking service, other systems and the operator: by keys alone (G1).
POST   /v1/clinics                                   -      -          -
PATCH  /v1/clinic                                    -      -          -
DELETE /v1/practitioners/{id}                        -      -          -
DELETE /v1/appointment-types/{id}                    -      -          -
PUT    /v1/patients/{id}                             -      -          -
DELETE /v1/patients/{id}                             -      -          -
PUT    /v1/appointments/{id}                         -      -          -
POST   /v1/staff-links                               -      -          -
PUT    /v1/webhooks/{id}                             -      -          -
GET    /v1/webhooks/{id}                             -      -          -
GET    /v1/webhooks                                  -      -          -
DELETE /v1/webhooks/{id}                             -      -          -
GET    /v1/webhooks/{id}/deliveries                  -      -          -
POST   /v1/webhooks/{id}/replay                      -      -          -
POST   /v1/webhooks/{id}/rotate                      -      -          -
PUT    /v1/external/{database}                       -      -          -
GET    /v1/external/{database}                       -      -          -
POST   /v1/external/{database}/appointments          -      -          -

GET    /healthz                                      anybody
GET    /readyz                                       anybody
"""

LETTERS = {"patient": "P", "guest:kim": "G", "practitioner": "D", "room": "D", "staff": "S"}
APPOINTMENTS = ("patient", "guest:kim", "practitioner")
GRANTS = ("room", "staff")

RETIRED = KeySetting(id=2, secret=secrets.token_urlsafe(32), state="retired")
REVOKED = KeySetting(id=3, secret=secrets.token_urlsafe(32), state="revoked")


@dataclass(frozen=True)
class Rule:
    method: str
    path: str
    good: str
    cancelled: str
    closed: str

    @property
    def is_open(self) -> bool:
        return self.good == "anybody"


def rules() -> list[Rule]:
    lines = [line.split() for line in RULES.splitlines()[2:] if line and not line.startswith("#")]
    return [Rule(method, path, *(*who, "", "")[:3]) for method, path, *who in lines]


def test_every_call_has_its_line() -> None:
    known = [(rule.method, rule.path) for rule in rules()]
    assert len(known) == len(set(known))
    assert set(known) == {(route.method, route.path) for route in ROUTES}


async def ask(link: Served, rule: Rule) -> tuple[int, str]:
    """The status and code of a call that changes nothing, whoever may make it: its body is refused, or it
    names nothing there is.
    """
    own = rule.method == "GET" and rule.path.startswith("/v1/appointments/")
    path = re.sub("{[a-z]+}", "a1" if own else "nobodys", rule.path)
    body = None if rule.method in {"GET", "DELETE"} else {"no_such_field": 1}
    if rule.path == "/v1/slots":
        path += "?type=video"
    reply = await link.call(rule.method, path, json=body)
    return reply.status, reply.code if reply.status >= 400 else ""


async def check(link: Served, kind: str, state: str, code: str = "") -> None:
    """Every call by this link: made where the rule says so, else 403 for what it never may and 401 with
    `code` for what it may no more. `state` is a column of the table, or `dead`.
    """
    wrong = []
    for rule in rules():
        if rule.is_open:
            continue
        status, told = await ask(link, rule)
        if state == "dead":
            is_right = (status, told) == (401, code)
        elif LETTERS[kind] in getattr(rule, state):
            is_right = status not in {401, 403, 500}
        elif LETTERS[kind] in rule.good:
            is_right = (status, told) == (401, code)
        else:
            is_right = (status, told) == (403, "forbidden")
        if not is_right:
            wrong.append((rule.method, rule.path, status, told))
    assert not wrong, (kind, state, wrong)


@pytest_asyncio.fixture(scope="module")
async def place(redis: RedisServer, clock: Clock) -> AsyncIterator[Served]:
    """A server that knows old keys, and does not count who is refused."""
    keys = (SIGNING, RETIRED, REVOKED)
    async with server_on(redis, clock, keys=keys, refused_tokens_per_minute=1_000_000) as server:
        yield server


@pytest_asyncio.fixture
async def desk(place: Served, clock: Clock) -> Desk:
    """A clinic of the test's own, at noon."""
    clock.now = Clock().now
    return await open_desk(place, clock)


State = Callable[[Desk], Coroutine[Any, Any, None]]


async def nothing(desk: Desk) -> None:
    """As it was booked: an hour before its start, so that it is too early."""


async def in_its_window(desk: Desk) -> None:
    desk.clock.now += 55 * MINUTE


async def closes(desk: Desk) -> None:
    desk.clock.now += 150 * MINUTE


async def is_cancelled(desk: Desk) -> None:
    await desk.ok("POST", "/v1/appointments/a1/cancel", {"by": "staff", "reason": "Ill"})


async def is_cancelled_and_past(desk: Desk) -> None:
    await is_cancelled(desk)
    await closes(desk)


async def is_moved(desk: Desk) -> None:
    """To tomorrow: its own time of before has passed, and it is good (A2)."""
    start = desk.clock.now + 25 * HOUR
    times = {"starts_at": show(start), "ends_at": show(start + HOUR)}
    await desk.ok("POST", "/v1/appointments/a1/reschedule", times)
    await closes(desk)


async def is_revoked(desk: Desk) -> None:
    for person in APPOINTMENTS:
        await desk.ok("POST", "/v1/appointments/a1/revoke", {"person": person, "reason": "Lost"})


async def is_replaced(desk: Desk) -> None:
    await is_revoked(desk)
    for person in APPOINTMENTS:
        await desk.ok("POST", "/v1/appointments/a1/resend", {"person": person})


async def is_completed(desk: Desk) -> None:
    """In its window: whoever dropped off comes back."""
    desk.clock.now += 70 * MINUTE
    await desk.ok("POST", "/v1/appointments/a1/complete", {})


async def is_completed_and_past(desk: Desk) -> None:
    await is_completed(desk)
    await closes(desk)


async def is_no_show(desk: Desk) -> None:
    await closes(desk)
    await desk.ok("POST", "/v1/appointments/a1/no-show", {})


async def is_extended(desk: Desk) -> None:
    """Its close was put off, so that it is open where it would be closed (D2)."""
    await desk.ok("POST", "/v1/appointments/a1/extend", {"minutes": 60, "reason": "late"})
    await closes(desk)


async def is_reallocated(desk: Desk) -> None:
    await desk.ok("POST", "/v1/appointments/a1/reallocate", {"practitioner": "dr-y", "reason": "Leave"})


async def is_followed(desk: Desk) -> None:
    """By another visit of the two, later that day: until that closes, either link opens their room (D2)."""
    await desk.booked("a2", 5 * 60)
    await closes(desk)


CASES: list[tuple[State, str, str, str]] = [
    (nothing, "good", "", "patient guest:kim practitioner"),
    (in_its_window, "good", "", "patient guest:kim practitioner"),
    (closes, "closed", "window_closed", "patient guest:kim practitioner"),
    (is_cancelled, "cancelled", "cancelled", "patient guest:kim practitioner"),
    (is_moved, "good", "", "patient guest:kim practitioner"),
    (is_revoked, "dead", "token_revoked", "patient guest:kim practitioner"),
    (is_replaced, "dead", "token_revoked", "patient"),
    (is_completed, "good", "", "patient practitioner"),
    (is_completed_and_past, "closed", "window_closed", "patient practitioner"),
    (is_no_show, "closed", "window_closed", "patient practitioner"),
    (is_extended, "good", "", "practitioner"),
    (is_followed, "good", "", "patient practitioner"),
    (is_followed, "closed", "window_closed", "guest:kim"),
    (is_reallocated, "good", "", "patient"),
    (is_reallocated, "dead", "moved", "practitioner"),
]


@pytest.mark.parametrize(
    ("becomes", "state", "code", "kinds"), CASES, ids=[f"{c[0].__name__}-{c[1]}" for c in CASES]
)
async def test_links_to_a_visit(desk: Desk, becomes: State, state: str, code: str, kinds: str) -> None:
    await desk.booked("a1", 60, guests=[{"id": "kim", "name": "Kim"}])
    links = {kind: await desk.link("a1", kind) for kind in kinds.split()}
    await becomes(desk)
    for kind, link in links.items():
        await check(link, kind, state, code)


async def grants(desk: Desk) -> dict[str, Any]:
    room = await desk.ok("POST", "/v1/practitioners/dr-x/room-link", {"hours": 2})
    return {"room": room, "staff": await desk.ok("POST", "/v1/staff-links", {"name": "Eve", "hours": 2})}


@pytest.mark.parametrize("state", ["good", "expired", "revoked"])
async def test_links_of_those_who_work_there(desk: Desk, state: str) -> None:
    await desk.booked("a1", 60)
    for kind, issued in (await grants(desk)).items():
        if state == "revoked":
            await desk.ok("DELETE", f"/v1/links/{issued['id']}")
        if state == "expired":
            desk.clock.now += 2 * HOUR
        code = {"good": "", "expired": "window_closed", "revoked": "token_revoked"}[state]
        link = desk.api.as_(issued["token"])
        if state == "good" and kind == "room":
            await check_room_link(link)
        else:
            await check(link, kind, "good" if state == "good" else "dead", code)


async def check_room_link(link: Served) -> None:
    """It is for no appointment, so that it is no `GET /v1/link`'s."""
    assert await ask(link, Rule("GET", "/v1/link", "", "", "")) == (404, "not_found")
    await check(link, "room", "good")


@pytest.mark.parametrize(("key", "code"), [(RETIRED, "token_revoked"), (REVOKED, "token_revoked")])
async def test_links_of_keys_that_are_gone(
    redis: RedisServer, clock: Clock, key: KeySetting, code: str
) -> None:
    clock.now = Clock().now
    async with server_on(redis, clock, keys=(SIGNING, RETIRED, REVOKED)) as server:
        desk = await open_desk(server, clock)
        await desk.booked("a1", 60)
        issued = await desk.ok("POST", "/v1/appointments/a1/tokens", {"person": "practitioner"})
        room = (await grants(desk))["room"]
        for kind, token in (("practitioner", issued["token"]), ("room", room["token"])):
            await check(server.as_(signed_by(key, token)), kind, "dead", code)


async def test_an_address_is_no_credential(desk: Desk) -> None:
    """A8: nor is what a device was remembered by."""
    await desk.booked("a1", 60)
    issued = await desk.ok("POST", "/v1/appointments/a1/tokens", {"person": "patient"})
    for credential in (issued["address"].partition("#")[2], new_secret()):
        await check(desk.api.as_(credential), "patient", "dead", "unauthenticated")


OTHERS: list[tuple[str, str, Any]] = [
    ("GET", "", None),
    ("POST", "/cancel", {"reason": "Ill"}),
    ("GET", "/calendar.ics", None),
    ("GET", "/attendance", None),
    ("POST", "/reschedule", {"starts_at": "2026-03-09T10:00:00Z", "ends_at": "2026-03-09T10:30:00Z"}),
]


@pytest.mark.parametrize("becomes", [closes, is_cancelled])
async def test_a_practitioners_link_that_is_over_is_not_for_other_visits(desk: Desk, becomes: State) -> None:
    """Today's link of somebody who works elsewhere by next week."""
    await desk.booked("a1", 60)
    await desk.booked("next", 7 * 24 * 60, patient="pat-2")
    link = await desk.link("a1", "practitioner")
    await becomes(desk)
    for method, rest, body in OTHERS:
        reply = await link.call(method, f"/v1/appointments/next{rest}", json=body)
        assert reply.status in {401, 404}, (method, rest, reply.body)
    hours = {"weekday": 0, "start_minute": 540, "end_minute": 600, "slot_minutes": 30}
    assert (await link.call("POST", "/v1/practitioners/dr-x/availability", json=hours)).status == 401
    assert (await desk.ok("GET", "/v1/appointments/next"))["status"] == "confirmed"
    assert (await desk.ok("GET", "/v1/practitioners/dr-x/availability"))["items"] == []


@pytest.mark.parametrize(
    "becomes", [nothing, in_its_window, closes, is_cancelled, is_completed_and_past, is_no_show, is_revoked]
)
async def test_every_link_can_be_taken_back(desk: Desk, becomes: State) -> None:
    """Whatever became of its visit: a link that is over still leads its holder on."""
    await desk.booked("a1", 60, guests=[{"id": "kim", "name": "Kim"}])
    links = {person: await desk.link("a1", person) for person in APPOINTMENTS}
    issued = await grants(desk)
    await becomes(desk)
    for person, link in links.items():
        asked = {"person": person, "reason": "Lost"}
        shown = await desk.ok("POST", "/v1/appointments/a1/revoke", asked)
        assert shown["id"] == "a1"
        reply = await link.call("GET", "/v1/link")
        assert (reply.status, reply.code) == (401, "token_revoked")
    for each in issued.values():
        assert (await desk.api.call("DELETE", f"/v1/links/{each['id']}")).status == 204
        assert (await desk.api.as_(each["token"]).call("GET", "/v1/clinic")).status == 401


def signed_by(key: KeySetting, token: str) -> str:
    """The same link as that key would have signed it."""
    said = tokens.read(Keyring([SigningKey(SIGNING.id, SIGNING.secret.encode(), "signing")]), token)
    ring = Keyring([SigningKey(key.id, key.secret.encode(), "signing")])
    return tokens.issue(ring, said.kind, said.affinity, said.number, said.person, said.generation)
