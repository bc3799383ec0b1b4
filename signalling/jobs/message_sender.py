"""One message on its way out: to a webhook as it is, to a person as a mail in their words."""

from rooms.events import NO_CONTACT, EventType
from rooms.service.messages.dispatch import ToPerson, Work
from rooms.times import Instant
from signalling.letters import LetterFacts, LetterKind, calendar, letter
from signalling.outbound.delivery_result import DeliveryResult, failed
from signalling.outbound.mail import MailSender
from signalling.outbound.mime_message import CalendarAttachment
from signalling.outbound.webhook import WebhookSender

LETTER_OF_EVENT: dict[EventType, LetterKind] = {
    "link.issued": "issued",
    "link.requested": "current",
    "reminder.due": "reminder",
    "code.requested": "code",
    "appointment.rescheduled": "moved",
    "appointment.cancelled": "cancelled",
}
"""Which letter an event is."""


class MessageSender:
    """`mail` None: no relay is set up, and nothing is put into its queues."""

    def __init__(self, webhooks: WebhookSender, mail: MailSender | None, public_url: str) -> None:
        self.webhooks, self.mail, self.public_url = webhooks, mail, public_url

    async def send(self, work: Work, now: Instant) -> DeliveryResult:
        """Never raises but for being cancelled."""
        if isinstance(work, ToPerson):
            return await self._mail(work)
        id, secrets = work.message.event.id, work.hook.secrets(now)
        # Receivers compare the signed time with theirs, within five minutes; for whose it is see
        # `ice.servers`.
        return await self.webhooks.send(work.hook.url, secrets, id, now, work.body)

    async def _mail(self, work: ToPerson) -> DeliveryResult:
        if work.to is None:
            return failed(NO_CONTACT)
        if self.mail is None:
            return failed("no_relay")  # there was one when this was put on its way
        subject, text = letter(
            LETTER_OF_EVENT[work.message.event.type], work.clinic.policy.language, _facts(work)
        )
        # To each person a mail of their own, which is the same on every attempt.
        id = f"{work.message.event.id}.{work.message.person}"
        return await self.mail.send(work.to, subject, text, id, self._entry(work, self.mail.address))

    def _entry(self, work: ToPerson, organizer: str) -> CalendarAttachment | None:
        """C9: the visit for a calendar, where the mail is about one, dated as the event: the same on every
        attempt.
        """
        known, at = work.appointment, work.message.event.at
        if known is None:
            return None
        method: calendar.CalendarMethod = "CANCEL" if known.status == "cancelled" else "PUBLISH"
        link = work.link if method == "PUBLISH" else None
        content = calendar.file(
            work.clinic, known, link, self.public_url, at, method=method, organizer=organizer
        )
        return CalendarAttachment(content, method)

    async def close(self) -> None:
        """Hang up."""
        await self.webhooks.close()


def _facts(work: ToPerson) -> LetterFacts:
    appointment, clinic = work.appointment, work.clinic
    cancelled = appointment.cancelled if appointment else None
    return LetterFacts(
        starts_at=appointment.starts_at if appointment else None,
        time_zone=clinic.time_zone,
        link=work.link,
        address=work.address,
        phone=clinic.phone,
        code=work.code,
        reason=cancelled.reason if cancelled else None,
    )
