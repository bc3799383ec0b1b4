"""One mail as the bytes that are sent (RFC 5322): plain text, a calendar file beside it, and nothing a header
could be slipped into.
"""

import datetime as dt
import email.policy
import hashlib
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

import msgspec

from signalling.outbound.settings import Mailbox

# Seven bits, so that no server on the way need recode it.
_POLICY = email.policy.SMTP.clone(cte_type="7bit")

SUBJECT_CHARACTERS = 200


def is_header_text(text: str) -> bool:
    """Whether it is one line that a header can hold."""
    return 0 < len(text) <= SUBJECT_CHARACTERS and text.isprintable()


class CalendarAttachment(msgspec.Struct, frozen=True):
    """A calendar file (C9) and what a calendar is to do with it (RFC 6047)."""

    content: bytes
    method: str


def mime_message(
    sender: Mailbox,
    to: str,
    subject: str,
    text: str,
    id: str,
    now: dt.datetime,
    attached: CalendarAttachment | None = None,
) -> bytes:
    """The mail. `id` decides its Message-ID, so that every attempt is the same mail to whoever has it
    already; hashed, because ids may say what they belong to. `to` and `subject` have been checked.
    """
    domain = sender.address.rpartition("@")[2]
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(sender.name, addr_spec=sender.address)
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{hashlib.sha256(id.encode()).hexdigest()[:32]}@{domain}>"
    # RFC 3834: no out-of-office answers to it.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text, charset="utf-8")
    if attached is not None:
        mail.add_attachment(
            attached.content.decode(),
            subtype="calendar",
            charset="utf-8",
            params={"method": attached.method},
            filename="appointment.ics",
        )
    return mail.as_bytes()
