"""Error codes of the WebSocket and what each does to the socket (signalling/PROTOCOL.md, "Codes")."""

from typing import Final

CLOSE_CODES: Final[dict[str, int]] = {
    # 4000-4499: try again.
    "slow_consumer": 4008,
    "elsewhere": 4009,
    "too_early": 4010,
    "backend_unavailable": 4011,
    "contended": 4011,
    "draining": 4012,
    "rate_limited": 4013,
    "connection_lost": 4014,
    "reassigned": 4015,
    # 4500-4999: final for this token and session.
    "token_invalid": 4500,
    "token_not_canonical": 4500,
    "token_too_long": 4500,
    "hello_timeout": 4501,
    "hello_required": 4501,
    "version_unsupported": 4501,
    "token_revoked": 4502,
    "window_closed": 4503,
    "cancelled": 4504,
    "not_confirmed": 4504,
    "moved": 4504,
    "role_not_allowed": 4505,
    "replaced": 4506,
    "call_ended": 4508,
    # RFC 6455 section 7.4.1.
    "binary_unsupported": 1003,
}
"""Codes that close the socket, at the door. `too_early` and `window_closed` as answers to `enter` leave it
open.
"""

STAYS_OPEN: Final[frozenset[str]] = frozenset(
    {
        "forbidden",
        "not_admitted",
        "already_joined",
        "json_invalid",
        "type_unknown",
        "field_unknown",
        "field_required",
        "field_invalid",
        "description_invalid",
        "candidate_invalid",
        "peer_not_found",
        "resume_refused",
        "not_waiting",
        "visit_open",
        "room_full",
        "room_locked",
        "room_unknown",
        "practitioner_unknown",
        "practitioner_not_video_enabled",
        "handed_over",
        "internal",
    }
)
"""Codes that answer one frame and change nothing."""

NORMAL = 1000
"""RFC 6455: done, after `leave`."""
