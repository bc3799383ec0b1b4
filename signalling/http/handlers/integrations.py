"""Other systems: webhooks that tell them, and external databases that tell us (F6, B5)."""

import msgspec

from rooms import ids
from rooms.errors import Forbidden
from rooms.events import Hook
from rooms.ids import ClinicId
from rooms.records import External
from rooms.service.administration.people import PatientDetails
from rooms.service.load import LoadedAppointment
from signalling.http.callers import Answer
from signalling.http.handlers.appointments import request_of
from signalling.http.idempotency import claimed, run_once
from signalling.http.routes import Call, Nothing
from signalling.http.schemas import render, render_links
from signalling.http.schemas.link_answers import (
    DatabaseMade,
    Deliveries,
    DisabledHookList,
    ExternalShown,
    HookList,
    Replayed,
)
from signalling.http.schemas.link_requests import PutDatabase, PutExternal, PutHook, Replay
from signalling.outbound.addresses import check_url


async def put_webhook(call: Call[PutHook]) -> Answer:
    """Create or replace; the secret stays."""
    check_url(call.asked.url, call.deps.settings.webhook_allow)
    made, created = await call.deps.webhooks.put(
        call.clinic, call.path["id"], url=call.asked.url, events=call.asked.events
    )
    return Answer(201 if created else 200, render_links.hook(made))


async def get_webhook(call: Call[Nothing]) -> Answer:
    """One webhook, with its secret."""
    return Answer(200, render_links.hook(await call.deps.webhooks.get(call.clinic, call.path["id"])))


async def list_webhooks(call: Call[Nothing]) -> Answer:
    """All of them, by id."""
    found = await call.deps.webhooks.listed(call.clinic)
    return Answer(200, HookList(items=[render_links.hook(each) for each in found]))


async def list_disabled_webhooks(call: Call[Nothing]) -> Answer:
    """Those whose receivers want no more, by id."""
    found = [render_links.disabled_hook(each) for each in await call.deps.webhooks.listed(call.clinic)]
    return Answer(200, DisabledHookList(items=[each for each in found if each is not None]))


async def delete_webhook(call: Call[Nothing]) -> Answer:
    """Nothing is sent there any more."""
    await call.deps.webhooks.delete(call.clinic, call.path["id"])
    return Answer(204)


async def rotate_webhook_secret(call: Call[Nothing]) -> Answer:
    """A new secret; for a day messages carry both signatures."""

    def answer_of(made: Hook) -> Answer:
        return Answer(200, render_links.hook(made))

    hooks, id = call.deps.webhooks, call.path["id"]
    return answer_of(await hooks.rotate(call.clinic, id, call.now, keep=call.keep(answer_of)))


async def list_deliveries(call: Call[Nothing]) -> Answer:
    """What waits, what was given up, what arrived."""
    found = await call.deps.webhooks.deliveries(call.clinic, call.path["id"])
    return Answer(200, Deliveries(items=[render_links.delivery(each) for each in found]))


async def replay_webhook(call: Call[Replay]) -> Answer:
    """Dead letters once more, each with the id it had."""
    count = await call.deps.webhooks.replay(
        call.clinic,
        call.path["id"],
        call.asked.ids,
        call.now,
        keep=call.keep(lambda made: Answer(200, Replayed(replayed=made))),
    )
    return Answer(200, Replayed(replayed=count))


async def put_database(call: Call[PutDatabase]) -> Answer:
    """Which clinics share it, in what order."""
    asked = call.asked
    made, key = await call.deps.databases.put(
        call.path["database"],
        tuple(ClinicId(each) for each in asked.clinics),
        in_order=asked.in_order,
        secret=ids.new_secret(),
        now=call.now,
    )
    shown = render_links.database(made)
    if key is None:
        return Answer(200, shown)
    return Answer(201, DatabaseMade(**msgspec.structs.asdict(shown), group_key=key))


async def get_database(call: Call[Nothing]) -> Answer:
    """Which clinics share it."""
    return Answer(200, render_links.database(await call.deps.databases.get(call.path["database"])))


async def put_external_appointment(call: Call[PutExternal]) -> Answer:
    """B5: the clinic is found by the rule, or the error names those it fits."""
    if call.path["database"] != call.caller.database:
        raise Forbidden("forbidden", "This key is for another database.")
    if call.idempotent is None:
        return await _put_external(call)
    known = await call.deps.databases.get(call.path["database"])
    async with claimed(call.idempotent):
        return await run_once(call.idempotent, known.clinics, lambda: _put_external(call))


async def _put_external(call: Call[PutExternal]) -> Answer:
    asked = call.asked

    def answer_of(made: tuple[LoadedAppointment, bool]) -> Answer:
        shown, created = made
        seen = render.appointment(shown, call.now, private=True)
        external = shown.appointment.external
        body = ExternalShown(
            **msgspec.structs.asdict(seen),
            clinic=shown.clinic.id,
            settled_by=external.settled_by if external else None,
        )
        return Answer(201 if created else 200, body)

    return answer_of(
        await call.deps.external.put(
            call.path["database"],
            asked.id,
            External(
                database=call.path["database"],
                practitioner=asked.external_practitioner,
                location=asked.external_location,
            ),
            request_of(call, practitioner="", type=None, external_type=asked.external_type),
            _details(call),
            by="staff",
            now=call.now,
            keep=call.keep(answer_of),
        )
    )


def _details(call: Call[PutExternal]) -> PatientDetails | None:
    details = call.asked.patient_details
    if details is None:
        return None
    return PatientDetails(**msgspec.structs.asdict(details), unusable=call.unusable("patient_details."))
