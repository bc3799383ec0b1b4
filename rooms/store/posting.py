"""What each change of what leaves this server compares and writes (`rooms.outgoing`)."""

from rooms.outgoing import (
    OUTBOX,
    Abandon,
    Audit,
    Bury,
    Emit,
    Enqueue,
    Failed,
    HandOn,
    Requeue,
    Rest,
    Settle,
    Task,
    TaskStill,
    Told,
    Unearth,
    express_task,
    lane_task,
    queue_of,
)
from rooms.store import keys
from rooms.store.changes import Plan, add, forget_target, plan
from rooms.store.encode import line, parcel_id, undelivered_field
from rooms.times import Instant

__all__ = ["plan"]


@add.register
def _emit(change: Emit, made: Plan) -> None:
    event = change.event
    seqs = made.index(keys.seqs(made.clinic))
    made.write("EMIT", keys.outbox(made.clinic), seqs, event.subject, line(event))
    _task(Task(OUTBOX, event.at), made)


@add.register
def _task(change: Task, made: Plan) -> None:
    key = keys.tasks(made.clinic, queue_of(change.name))
    if change.at is None:
        made.write("ZREM", key, change.name)
    else:
        made.write("ZADD", key, change.at, change.name)
        _hint(made, change.name, change.at)


def _hint(made: Plan, name: str, at: Instant) -> None:
    queue = queue_of(name)
    if queue:
        made.hint(keys.HINT_QUEUES, at, keys.queue_member(made.clinic, queue))
    else:
        made.hint(keys.HINT_TASKS, at)


def _unless_queued(made: Plan, name: str, at: Instant) -> None:
    made.write("ZADD", keys.tasks(made.clinic, queue_of(name)), "NX", at, name)
    _hint(made, name, at)


@add.register
def _task_still(change: TaskStill, made: Plan) -> None:
    made.check("score", keys.tasks(made.clinic, queue_of(change.name)), change.name, change.at)


@add.register
def _requeue(change: Requeue, made: Plan) -> None:
    made.check("score", keys.tasks(made.clinic), change.name, change.at)
    made.write("ZREM", keys.tasks(made.clinic), change.name)
    _unless_queued(made, change.name, change.at)


@add.register
def _hand_on(change: HandOn, made: Plan) -> None:
    # Only from the head is anything taken, so that where the first still is, all still are.
    made.check("head", keys.outbox(made.clinic), change.events[0].line if change.events else "")
    if change.events:
        made.write("LPOP", keys.outbox(made.clinic), len(change.events))


@add.register
def _enqueue(change: Enqueue, made: Plan) -> None:
    subject = change.parcel.event.subject
    made.write("RPUSH", keys.lane(made.clinic, change.hook, subject), line(change.parcel))
    # NX: a lane that waits for its next try goes on waiting; one that is being tried is looked at again then.
    _unless_queued(made, lane_task(change.hook, subject), change.at)
    if change.express is not None:
        _unless_queued(made, express_task(change.express, change.hook, subject), change.at)


@add.register
def _settle(change: Settle, made: Plan) -> None:
    clinic, hook, delivery = made.clinic, change.hook, change.delivery
    parcel, text = delivery.parcel, line(delivery)
    lane = keys.lane(clinic, hook, parcel.event.subject)
    made.check("head", lane, line(parcel))
    made.write("LPOP", lane)
    made.write("HDEL", keys.trying(clinic, hook), parcel.event.subject)
    made.write("LPUSH", keys.settled(clinic, hook), text)
    made.write("LTRIM", keys.settled(clinic, hook), 0, keys.SETTLED - 1)
    if delivery.state == "dead":
        made.write("HSET", keys.dead(clinic, hook), parcel_id(parcel), text)


@add.register
def _failed(change: Failed, made: Plan) -> None:
    # A process that was slow may fail at what another one has settled meanwhile.
    subject = change.parcel.event.subject
    made.check("head", keys.lane(made.clinic, change.hook, subject), line(change.parcel))
    made.write("HSET", keys.trying(made.clinic, change.hook), subject, line(change.attempts))


@add.register
def _bury(change: Bury, made: Plan) -> None:
    first = change.deliveries[0].parcel
    lane = keys.lane(made.clinic, change.hook, first.event.subject)
    # Only from the head is anything taken, so that where the first still is, all still are.
    made.check("head", lane, line(first))
    made.write("LPOP", lane, len(change.deliveries))
    made.write("HDEL", keys.trying(made.clinic, change.hook), first.event.subject)
    for each in change.deliveries:
        made.write("HSET", keys.dead(made.clinic, change.hook), parcel_id(each.parcel), line(each))


@add.register
def _abandon(change: Abandon, made: Plan) -> None:
    made.write("DEL", keys.lane(made.clinic, change.hook, change.subject))
    # Again, because what was on its way when the target went may have come to its end since.
    forget_target(made, change.hook)


@add.register
def _rest(change: Rest, made: Plan) -> None:
    made.check("head", keys.lane(made.clinic, change.hook, change.subject), "")
    _task_still(TaskStill(lane_task(change.hook, change.subject), change.at), made)
    _task(Task(lane_task(change.hook, change.subject), None), made)


@add.register
def _unearth(change: Unearth, made: Plan) -> None:
    # "?": it is there, whatever it says. Of two who take it up at once only one puts it on its way again.
    made.check("field", keys.dead(made.clinic, change.hook), change.id, "?")
    made.write("HDEL", keys.dead(made.clinic, change.hook), change.id)


@add.register
def _told(change: Told, made: Plan) -> None:
    field = undelivered_field(change.appointment, change.person)
    if change.undelivered is None:
        made.write("HDEL", keys.undelivered(made.clinic), field)
    else:
        made.write("HSET", keys.undelivered(made.clinic), field, line(change.undelivered))


@add.register
def _audit(change: Audit, made: Plan) -> None:
    made.write("RPUSH", keys.audit(made.clinic), line(change.line))
