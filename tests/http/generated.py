"""Hooks for the requests generated in `test_openapi`: a valid request refers to things that are there, so
that it reaches further than the first look-up, and repeats no other's Idempotency-Key.
"""

import re
import uuid
from typing import Any

import schemathesis
from schemathesis import GenerationMode

from rooms.times import HOUR, parse, show
from signalling.http.idempotency import IDEMPOTENCY_HEADER, IDEMPOTENCY_KEY_PATTERN

THERE = {"practitioner": "dr-x", "patient": "pat-1", "type": "video"}
"""What `test_openapi` has put, beside appointments `a0` to `a3`."""

SHARED = "shared"
"""The external database of the one clinic, and what it calls the practitioner."""


@schemathesis.hook
def before_call(
    context: schemathesis.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]
) -> None:
    """Fit one request into the clinic it is made in."""
    if IDEMPOTENCY_HEADER in case.headers and re.fullmatch(
        IDEMPOTENCY_KEY_PATTERN, case.headers[IDEMPOTENCY_HEADER]
    ):
        case.headers[IDEMPOTENCY_HEADER] = f"{uuid.uuid4()}"
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    _refer(case)


def _refer(case: schemathesis.Case[Any]) -> None:
    if isinstance(case.body, dict) and case.operation.label == "PUT /v1/appointments/{id}":
        case.body = case.body | {name: value for name, value in THERE.items() if case.body.get(name)}
        case.body["ends_at"] = show(parse(str(case.body["starts_at"])) + HOUR)
    if isinstance(case.body, dict) and case.operation.label == "POST /v1/appointments/{id}/cancel":
        # Anybody else has to say why.
        case.body = case.body | {"by": "patient"}
    if isinstance(case.body, dict) and case.operation.label == "PUT /v1/external/{database}":
        case.body = case.body | {"clinics": ["generated"]}
    if isinstance(case.body, dict) and case.operation.label == "PUT /v1/webhooks/{id}":
        # A host that JSON Schema takes for one need not be one of the public internet's.
        case.body = case.body | {"url": f"https://hooks{uuid.uuid4().int % 100}.example.com/in"}
    if isinstance(case.body, dict) and case.operation.label == "POST /v1/external/{database}/appointments":
        case.path_parameters = {"database": SHARED}
        case.body = case.body | {"external_practitioner": SHARED, "patient": THERE["patient"]}
        case.body["ends_at"] = show(parse(str(case.body["starts_at"])) + HOUR)
    # Not always, so that links from what was just put are followed too.
    if case.path_parameters and case.path.startswith("/v1/appointments/") and uuid.uuid4().int % 2:
        case.path_parameters |= {"id": f"a{uuid.uuid4().int % 4}"}
