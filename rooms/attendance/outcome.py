"""F3's table: one named outcome from evidence. The first true line wins; the letters are those of
REQUIREMENTS.md."""

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec
from msgspec.structs import replace

from rooms.attendance.evidence import Evidence
from rooms.policy import OUTAGE, Policy
from rooms.records import Appointment, Entry, Outcome, OutcomeName, Status, Step
from rooms.times import SECOND, Instant, local_day, show

RULES = "F3/1"
"""The version of this table, kept with every outcome it gave (RELIABILITY 7.5). By hand: another."""


BY_HAND = "C8/1"
"""What a person set, instead of the table."""


class RuleVerdict(msgspec.Struct, frozen=True):
    """An outcome's name, the status that follows, whether a person has to settle it, the line's letter."""

    name: OutcomeName
    status: Status
    review: bool
    line: str


class OutcomeRule(msgspec.Struct, frozen=True):
    """One line of the table. A review leaves the status `confirmed` until a person settles it."""

    letter: str
    name: OutcomeName
    becomes: Literal["completed", "review", "no_show"]
    holds: Callable[[Evidence, Policy], bool]


def _attended(seen: Evidence, policy: Policy) -> bool:
    enough = seen.overlap >= policy.attended_seconds * SECOND or seen.done
    return seen.overlap > 0 and enough and seen.media != "failed"


OUTCOME_RULES = (
    OutcomeRule("a", "attended", "completed", _attended),
    OutcomeRule("b", "system", "review", lambda seen, _: seen.outage >= OUTAGE),
    OutcomeRule("c", "technical", "review", lambda seen, _: seen.media == "failed"),
    OutcomeRule("c", "brief", "review", lambda seen, _: seen.overlap > 0),
    OutcomeRule("d", "left_unseen", "review", lambda seen, _: seen.patient_seen and seen.practitioner_seen),
    OutcomeRule("d", "practitioner_absent", "review", lambda seen, _: seen.patient_seen),
    OutcomeRule("e", "guest_only", "review", lambda seen, _: seen.guest_seen),
    OutcomeRule("f", "technical", "review", lambda seen, _: bool(seen.tried)),
    # Whoever had no usable link could not have come by it.
    OutcomeRule("g", "technical", "review", lambda seen, _: bool(seen.link_failed)),
    OutcomeRule("g", "patient_absent", "no_show", lambda seen, _: seen.practitioner_seen),
    OutcomeRule("g", "both_absent", "review", lambda _, policy: policy.no_show_needs_practitioner),
    OutcomeRule("g", "both_absent", "no_show", lambda *_: True),
)


def decide(evidence: Evidence, policy: Policy) -> RuleVerdict:
    """The first true line; the last one always is."""
    line = next(line for line in OUTCOME_RULES if line.holds(evidence, policy))
    status: Status = "confirmed" if line.becomes == "review" else line.becomes
    return RuleVerdict(line.name, status, line.becomes == "review", line.letter)


def contradicts(evidence: Evidence, policy: Policy) -> str | None:
    """The line of a to f that speaks against calling the patient absent; None: none does."""
    line = next(line for line in OUTCOME_RULES if line.holds(evidence, policy))
    return line.letter if line.letter < "g" else None


class Decided(msgspec.Struct, frozen=True):
    """An appointment with a new outcome, and the line of its history (C8)."""

    appointment: Appointment
    step: Step


def settle(appointment: Appointment, evidence: Evidence, policy: Policy, now: Instant) -> Decided:
    """Lines a to g: the outcome with all it rests on, and the status that follows."""
    verdict = decide(evidence, policy)
    rested_on = {"line": verdict.line, "attended_seconds": policy.attended_seconds, **evidence.facts()}
    given = Outcome(
        name=verdict.name,
        at=now,
        evidence=rested_on,
        revision=appointment.revisions + 1,
        review=verdict.review,
        rules=RULES,
    )
    return _decided(appointment, given, verdict.status)


def late_attempt(
    ledger: Sequence[Entry], patients: frozenset[str], closes_at: Instant, time_zone: str
) -> Instant | None:
    """When the patient first tried after the close, on that clinic-local day (F3 h); None: never."""
    day = local_day(closes_at, time_zone)
    tries = (entry.at for entry in ledger if entry.kind == "try" and entry.person in patients)
    return min((at for at in tries if at >= closes_at and local_day(at, time_zone) == day), default=None)


def revise(appointment: Appointment, tried_at: Instant, now: Instant) -> Decided | None:
    """Line h: one revision on, still a no_show, flagged. It follows an automatic g, once; else None."""
    given = appointment.outcome
    if given is None or appointment.status != "no_show":
        return None
    if given.name not in ("patient_absent", "both_absent") or given.rules != RULES:
        return None
    evidence = {**given.evidence, "line": "h", "revises": given.name, "late_try_at": show(tried_at)}
    late = replace(
        given, name="too_late", at=now, evidence=evidence, revision=given.revision + 1, flagged=True
    )
    return _decided(appointment, late, "no_show")


def _decided(appointment: Appointment, given: Outcome, status: Status) -> Decided:
    facts: dict[str, object] = {"outcome": given.name, "status": status, "revision": given.revision}
    step = Step(at=given.at, what="outcome", by="system", facts=facts)
    return Decided(replace(appointment, outcome=given, status=status), step)
