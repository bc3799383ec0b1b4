"""One message on its way out: to a webhook as it is, to a person as a mail in their words."""

from rooms.events import EventType
from rooms.service.healing import NO_CONTACT
from rooms.service.posting import ToPerson, Work
from rooms.times import Instant
from signalling.letters import Facts, Kind, calendar, letter
from signalling.outbound.answered import Answered, failed
from signalling.outbound.mail import MailSender
from signalling.outbound.message import Attached
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


class Carrier:
    """`mail` None: no relay is set up, and nothing is put on its lane."""

    def __init__(self, webhooks: WebhookSender, mail: MailSender | None, public_url: str) -> None:
        self.webhooks, self.mail, self.public_url = webhooks, mail, public_url

    async def carry(self, work: Work, now: Instant) -> Answered:
        """Never raises but for being cancelled."""
        if isinstance(work, ToPerson):
            return await self._mail(work)
        # Receivers compare the signed time with theirs, within five minutes; for whose it is see
        # `ice.servers`.
        id, secrets = work.parcel.event.id, work.hook.secrets(now)
        return await self.webhooks.send(work.hook.url, secrets, id, now, work.body)

    async def _mail(self, work: ToPerson) -> Answered:
        if work.to is None:
            return failed(NO_CONTACT)
        if self.mail is None:
            return failed("no_relay")  # there was one when this was put on its way
        subject, text = letter(KINDS[work.parcel.event.type], work.clinic.policy.language, _facts(work))
        # To each person a mail of their own, which is the same on every try.
        id = f"{work.parcel.event.id}.{work.parcel.person}"
        return await self.mail.send(work.to, subject, text, id, self._entry(work, self.mail.address))

    def _entry(self, work: ToPerson, organizer: str) -> Attached | None:
        """C9: the visit for a calendar, where the mail is about one, dated as the event: the same on every
        try.
        """
        known, at = work.appointment, work.parcel.event.at
        if known is None:
            return None
        method: calendar.Method = "CANCEL" if known.status == "cancelled" else "PUBLISH"
        link = work.link if method == "PUBLISH" else None
        content = calendar.file(
            work.clinic, known, link, self.public_url, at, method=method, organizer=organizer
        )
        return Attached(content, method)

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
