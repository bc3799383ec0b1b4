"""What a session is told when its seat is over: every ending has a name, chosen when it ended (HOUSE, example
8).
"""

from typing import NamedTuple

from rooms.errors import Refusal
from rooms.records import Departure


class CloseReason(NamedTuple):
    """`ended`: an `ended` frame with this reason. `refusal`: an error that closes."""

    ended: str | None = None
    refusal: Refusal | None = None


_REFUSALS = {
    "replaced": ("replaced", "You are here on another device now."),
    "cancelled": ("cancelled", "This appointment was cancelled."),
    "revoked": ("token_revoked", "This link was withdrawn. Ask the clinic for a new one."),
    "moved": ("moved", "This appointment is with a colleague now."),
    "reassigned": ("reassigned", "Your visit is with a colleague now. One moment, please."),
    "handed_over": ("reassigned", "Your visit is with a colleague now. One moment, please."),
    "expired": ("not_confirmed", "This appointment is not confirmed."),
}

_CLOSED = {
    "moved_away": {
        "too_early": "The appointment was moved. The room opens by itself.",
        "window_closed": "The appointment was moved; its time to join has passed.",
    },
    "window_closed": {
        "too_early": "The time to join this appointment has passed. For the next the room opens by itself.",
        "window_closed": "The time to join has passed.",
    },
}
"""Why the room is not open any more, and what a new hello would be answered: a departure's fact `code`."""


def connection_lost() -> Refusal:
    """Nothing was heard for too long; whoever is there after all may come again at once."""
    return Refusal("connection_lost", "The connection was lost. Please come back.", retry_after=0)


def close_reason(gone: Departure | None) -> CloseReason:
    """From why the seat ended. None or `gone`: the store gave it up unseen, and the client may simply come
    again.
    """
    if gone is None or gone.why == "gone":
        return CloseReason(refusal=connection_lost())
    if gone.why == "left":
        # Said by whoever carries out the `leave`, after its `ack`.
        return CloseReason()
    if gone.why in ("ended", "removed"):
        return CloseReason(ended=str(gone.facts.get("why", gone.why)))
    if gone.why in _CLOSED:
        facts = dict(gone.facts)
        code = str(facts.pop("code"))
        return CloseReason(refusal=Refusal(code, _CLOSED[gone.why][code], **facts))
    code, message = _REFUSALS[gone.why]
    return CloseReason(refusal=Refusal(code, message, **gone.facts))
