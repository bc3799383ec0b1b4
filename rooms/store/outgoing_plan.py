"""What each change of what leaves this server compares and writes (`rooms.outgoing`)."""

from rooms.outgoing import (
    OUTBOX,
    AbandonQueue,
    Audit,
    CloseQueue,
    DeadLetter,
    Emit,
    Enqueue,
    FinishDelivery,
    HandOn,
    MessageStatus,
    ReplayDeadLetter,
    Requeue,
    SendFailed,
    Task,
    TaskStill,
    delivery_queue_task,
    express_task,
    queue_of,
)
from rooms.store import keys
from rooms.store.commit_plan import CommitPlan, add, forget_target, plan, schedule
from rooms.store.encode import line, message_id, undelivered_field
from rooms.times import Instant

__all__ = ["plan"]


@add.register
def _emit(change: Emit, made: CommitPlan) -> None:
    event = change.event
    seqs = made.index(keys.seqs(made.clinic))
    made.write("EMIT", keys.outbox(made.clinic), seqs, event.subject, line(event))
    _task(Task(OUTBOX, event.at), made)


@add.register
def _task(change: Task, made: CommitPlan) -> None:
    queue = queue_of(change.name)
    hint, member = keys.queue_hint(made.clinic, queue)
    schedule(made, keys.tasks(made.clinic, queue), change.name, change.at, hint, member)


def _unless_queued(made: CommitPlan, name: str, at: Instant) -> None:
    queue = queue_of(name)
    hint, member = keys.queue_hint(made.clinic, queue)
    made.write("ZADD", keys.tasks(made.clinic, queue), "NX", at, name)
    made.hint(hint, at, member)


@add.register
def _task_still(change: TaskStill, made: CommitPlan) -> None:
    made.check("score", keys.tasks(made.clinic, queue_of(change.name)), change.name, change.at)


@add.register
def _requeue(change: Requeue, made: CommitPlan) -> None:
    made.check("score", keys.tasks(made.clinic), change.name, change.at)
    made.write("ZREM", keys.tasks(made.clinic), change.name)
    _unless_queued(made, change.name, change.at)


@add.register
def _hand_on(change: HandOn, made: CommitPlan) -> None:
    # Only from the head is anything taken, so that where the first still is, all still are.
    made.check("head", keys.outbox(made.clinic), change.events[0].line if change.events else "")
    if change.events:
        made.write("LPOP", keys.outbox(made.clinic), len(change.events))


@add.register
def _enqueue(change: Enqueue, made: CommitPlan) -> None:
    subject = change.message.event.subject
    made.write("RPUSH", keys.delivery_queue(made.clinic, change.hook, subject), line(change.message))
    # NX: a delivery queue that waits for its next try goes on waiting; one that is being tried is looked at
    # again then.
    _unless_queued(made, delivery_queue_task(change.hook, subject), change.at)
    if change.express is not None:
        _unless_queued(made, express_task(change.express, change.hook, subject), change.at)


@add.register
def _settle(change: FinishDelivery, made: CommitPlan) -> None:
    clinic, hook, delivery = made.clinic, change.hook, change.delivery
    message, text = delivery.message, line(delivery)
    queue = keys.delivery_queue(clinic, hook, message.event.subject)
    made.check("head", queue, line(message))
    made.write("LPOP", queue)
    made.write("HDEL", keys.trying(clinic, hook), message.event.subject)
    made.write("LPUSH", keys.finished(clinic, hook), text)
    made.write("LTRIM", keys.finished(clinic, hook), 0, keys.FINISHED_KEPT - 1)
    if delivery.state == "dead":
        made.write("HSET", keys.dead(clinic, hook), message_id(message), text)


@add.register
def _failed(change: SendFailed, made: CommitPlan) -> None:
    # A process that was slow may fail at what another one has finished meanwhile.
    subject = change.message.event.subject
    made.check("head", keys.delivery_queue(made.clinic, change.hook, subject), line(change.message))
    made.write("HSET", keys.trying(made.clinic, change.hook), subject, line(change.attempts))


@add.register
def _bury(change: DeadLetter, made: CommitPlan) -> None:
    first = change.deliveries[0].message
    queue = keys.delivery_queue(made.clinic, change.hook, first.event.subject)
    # Only from the head is anything taken, so that where the first still is, all still are.
    made.check("head", queue, line(first))
    made.write("LPOP", queue, len(change.deliveries))
    made.write("HDEL", keys.trying(made.clinic, change.hook), first.event.subject)
    for each in change.deliveries:
        made.write("HSET", keys.dead(made.clinic, change.hook), message_id(each.message), line(each))


@add.register
def _abandon(change: AbandonQueue, made: CommitPlan) -> None:
    made.write("DEL", keys.delivery_queue(made.clinic, change.hook, change.subject))
    # Again, because what was on its way when the target went may have come to its end since.
    forget_target(made, change.hook)


@add.register
def _rest(change: CloseQueue, made: CommitPlan) -> None:
    made.check("head", keys.delivery_queue(made.clinic, change.hook, change.subject), "")
    _task_still(TaskStill(delivery_queue_task(change.hook, change.subject), change.at), made)
    _task(Task(delivery_queue_task(change.hook, change.subject), None), made)


@add.register
def _unearth(change: ReplayDeadLetter, made: CommitPlan) -> None:
    # "?": it is there, whatever it says. Of two who take it up at once only one puts it on its way again.
    made.check("field", keys.dead(made.clinic, change.hook), change.id, "?")
    made.write("HDEL", keys.dead(made.clinic, change.hook), change.id)


@add.register
def _told(change: MessageStatus, made: CommitPlan) -> None:
    field = undelivered_field(change.appointment, change.person)
    if change.undelivered is None:
        made.write("HDEL", keys.undelivered(made.clinic), field)
    else:
        made.write("HSET", keys.undelivered(made.clinic), field, line(change.undelivered))


@add.register
def _audit(change: Audit, made: CommitPlan) -> None:
    made.write("RPUSH", keys.audit(made.clinic), line(change.line))
