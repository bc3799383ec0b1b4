"""`signalling.http.problem`: every refusal's status, and what a problem may say."""

import json
from typing import cast

import pytest

from rooms.errors import (
    Contradiction,
    Forbidden,
    Invalid,
    LinkRefused,
    NotFound,
    Refusal,
    TooMany,
    Unavailable,
)
from signalling.http import problem
from signalling.http.jsontext import Malformed


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (Malformed("json_invalid", ""), 400),
        (problem.Unauthenticated(), 401),
        (Forbidden("forbidden", ""), 403),
        (NotFound("not_found", ""), 404),
        (Contradiction("slot_taken", ""), 409),
        (LinkRefused("cancelled", ""), 409),
        (Invalid("field_unknown", ""), 422),
        (TooMany(1), 429),
        (Unavailable(), 503),
        (problem.NotReady("not_ready", ""), 503),
        (Refusal("other", ""), 400),
    ],
)
def test_statuses(refusal: Refusal, status: int) -> None:
    response = problem.of_refusal(refusal, "r1")
    assert response.status == status
    assert response.content_type == "application/problem+json"


def test_facts_add_and_never_replace() -> None:
    refused = Contradiction(
        "slot_taken", "That time is taken.", other="a1", status="open", code="x", title="y"
    )
    told = json.loads(cast(bytes, problem.of_refusal(refused, "r1").body))
    assert told == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "code": "slot_taken",
        "detail": "That time is taken.",
        "request_id": "r1",
        "other": "a1",
    }


@pytest.mark.parametrize(("seconds", "header"), [(0.2, "1"), (1.0, "1"), (12.3, "13")])
def test_retry_after_is_whole_seconds(seconds: float, header: str) -> None:
    assert problem.of_refusal(Unavailable(seconds), "r1").headers["Retry-After"] == header
    assert problem.of_refusal(TooMany(seconds), "r1").headers["Retry-After"] == header


def test_a_status_nobody_thought_of_has_a_code_too() -> None:
    assert json.loads(cast(bytes, problem.of_status(418, "r1").body))["code"] == "im_a_teapot"
