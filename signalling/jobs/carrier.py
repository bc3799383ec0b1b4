"""One message on its way out: to a webhook as it is, to a person as a mail in their words."""

from typing import NamedTuple

from rooms.events import EventType
from rooms.service.healing import NO_CONTACT
from rooms.service.posting import ToPerson, Work
from rooms.times import Instant
from signalling.letters import Facts, Kind, letter
from signalling.outbound.mail import MailSender
from signalling.outbound.webhook import WebhookSender

KINDS: dict[EventType, Kind] = {
    "link.issued": "issued",
    "link.requested": "current",
    "reminder.due": "reminder",
    "code.requested": "code",
    "appointment.rescheduled": "moved",
    "appointment.cancelled": "cancelled",
}
"""Which letter an event is."""


class Carried(NamedTuple):
    """How it went. `why` is a stable word; `final`: trying again will not help."""

    ok: bool
    why: str
    status: int = 0
    final: bool = False


class Carrier:
    """`mail` None: no relay is set up, and nothing is put on its lane."""

    def __init__(self, webhooks: WebhookSender, mail: MailSender | None) -> None:
        self.webhooks, self.mail = webhooks, mail

    async def carry(self, work: Work, now: Instant) -> Carried:
        """Never raises but for being cancelled."""
        if isinstance(work, ToPerson):
            return await self._mail(work)
        id, secrets = work.parcel.event.id, work.hook.secrets(now)
        went = await self.webhooks.send(work.hook.url, secrets, id, now, work.body)
        return Carried(went.ok, went.why, went.status, went.final)

    async def _mail(self, work: ToPerson) -> Carried:
        if work.to is None:
            return Carried(False, NO_CONTACT, final=True)
        if self.mail is None:
            return Carried(False, "no_relay")  # there was one when this was put on its way
        subject, text = letter(KINDS[work.parcel.event.type], work.clinic.policy.language, _facts(work))
        # To each person a mail of their own, which is the same on every try.
        id = f"{work.parcel.event.id}.{work.parcel.person}"
        went = await self.mail.send(work.to, subject, text, id)
        return Carried(went.ok, went.why, went.status, went.final)

    async def close(self) -> None:
        """Hang up."""
        await self.webhooks.close()


def _facts(work: ToPerson) -> Facts:
    appointment, clinic = work.appointment, work.clinic
    cancelled = appointment.cancelled if appointment else None
    return Facts(
        starts_at=appointment.starts_at if appointment else None,
        time_zone=clinic.time_zone,
        link=work.link,
        address=work.address,
        phone=clinic.phone,
        code=work.code,
        reason=cancelled.reason if cancelled else None,
    )
