"""What whoever holds a link, or only remembers its address, can ask for (A7, A8)."""

import time

from rooms.access.contact_match import StatedContact
from rooms.booking.deadlines import cancellable_until
from rooms.errors import Invalid, LinkRefused, NotFound, TooMany
from rooms.ids import PATIENT, ClinicId
from rooms.records import LIVE
from rooms.service.links.bookmarks import Opened
from rooms.times import show
from signalling import qr
from signalling.http.callers import Answer
from signalling.http.idempotency import run_once
from signalling.http.problem import Unauthenticated
from signalling.http.routes import Call, Nothing
from signalling.http.schemas import render, render_links
from signalling.http.schemas.link_answers import OwnLink, Sent
from signalling.http.schemas.link_requests import AskCode, ForgetDevice, OpenAddress, SendCurrent, SendLinks

QR_TYPE = "image/svg+xml"


async def get_own_link(call: Call[Nothing]) -> Answer:
    """A link to whoever holds it, whether it opens anything now or not."""
    deps, caller = call.deps, call.caller
    if caller.appointment is None or caller.number is None:
        raise NotFound("not_found", "This link is for no appointment.")
    shown = await deps.appointments.by_number(call.clinic, caller.appointment)
    clinic, record = shown.clinic, shown.appointment
    made = await deps.diagnosis.checks(clinic, record, call.now, caller.number, by_staff=False)
    seen = render.checks(made)
    until = cancellable_until(record, clinic.policy)
    is_theirs = caller.number == PATIENT and record.status in LIVE and record.outcome is None
    return Answer(
        200,
        OwnLink(
            person=caller.scope,
            appointment=render.appointment(shown, call.now, private=caller.scope == "practitioner"),
            usable=seen.usable,
            checks=seen.checks,
            can_cancel=is_theirs and (until is None or call.now < until),
            cancel_until=show(until) if is_theirs and until is not None else None,
            address=deps.links.address(clinic, record, caller.number),
            time_zone=clinic.time_zone,
            phone=clinic.phone,
            server_time=show(call.now),
        ),
    )


async def get_own_qr(call: Call[Nothing]) -> Answer:
    """E5, D7: for the camera of another device. Only asked for with the link itself, as a header (A4)."""
    caller = call.caller
    assert caller.token is not None  # noqa: S101 - only links make this call
    return Answer(200, qr.svg(call.deps.links.held(caller.scope, caller.token)), QR_TYPE)


async def send_current_link(call: Call[SendCurrent]) -> Answer:
    """A7. A genuine token is its own proof; what is none counts as a refused one."""
    if call.idempotent is None:
        return await _send_current(call)
    place = await call.deps.forward.clinic_of_link(call.asked.token)
    return await run_once(call.idempotent, [place] if place else [], lambda: _send_current(call))


async def _send_current(call: Call[SendCurrent]) -> Answer:
    sent = Answer(202, Sent())
    try:
        await call.deps.forward.send(call.asked.token, call.now, call.keep(lambda _: sent))
    except LinkRefused as refused:
        if wait := call.deps.refused.take(call.address, time.monotonic()):
            raise TooMany(wait) from None
        raise Unauthenticated(refused) from None
    return sent


async def send_links(call: Call[SendLinks]) -> Answer:
    """A7, for who has not even an old link. Answered before anybody is looked for, as a code is."""
    _count(call)
    said = _reached(call.asked)
    if call.idempotent is None:
        return await _send_links(call, said)
    return await run_once(call.idempotent, [ClinicId(call.asked.clinic)], lambda: _send_links(call, said))


async def _send_links(call: Call[SendLinks], said: StatedContact) -> Answer:
    clinic, now, sent = ClinicId(call.asked.clinic), call.now, Answer(202, Sent())
    await call.deps.by_contact.ask(clinic, said, now, call.keep(lambda _: sent))
    call.deps.after_response(call.deps.by_contact.send(clinic, said, now))
    return sent


def _reached(asked: SendLinks) -> StatedContact:
    """Raises `field_required`; what cannot be anybody's was left out as it was read."""
    if not asked.email and not asked.phone:
        raise Invalid(
            "field_required", "Send an e-mail address or phone number to be reached by.", field="email"
        )
    return StatedContact(email=asked.email, phone=asked.phone)


async def send_code(call: Call[AskCode]) -> Answer:
    """A8. The answer is given before anybody is looked for, so that its time says nothing."""
    _count(call)
    addresses, text, now, sent = call.deps.bookmarks, call.asked.address, call.now, Answer(202, Sent())
    challenge = await addresses.ask(text, now, call.keep(lambda _: sent))
    call.deps.after_response(addresses.send(text, challenge, now))
    return sent


async def open_address(call: Call[OpenAddress]) -> Answer:
    """A8, by a code or by a remembered device."""
    _count(call)
    asked, addresses, now = call.asked, call.deps.bookmarks, call.now

    def answer_of(made: Opened) -> Answer:
        return Answer(200, render_links.opened(made, now))

    keep = call.keep(answer_of)
    if asked.code is not None:
        said = asked.code.strip()
        made = await addresses.open_by_code(asked.address, said, now, remember=asked.remember, keep=keep)
    elif asked.device is not None:
        made = await addresses.open_by_device(asked.address, asked.device, now, keep)
    else:
        raise Invalid("field_required", "Send the code, or a remembered device.", field="code")
    return answer_of(made)


async def forget_device(call: Call[ForgetDevice]) -> Answer:
    """A8: it has to ask for a code from now on."""
    _count(call)
    done = Answer(204)
    await call.deps.bookmarks.forget(call.asked.address, call.asked.device, call.keep(lambda _: done))
    return done


def _count(call: Call[SendLinks] | Call[AskCode] | Call[OpenAddress] | Call[ForgetDevice]) -> None:
    """Nobody proves who they are here, so an address on the network has an allowance."""
    if wait := call.deps.strangers.take(call.address, time.monotonic()):
        raise TooMany(wait)
