"""Who is connected here, and how each change of a floor reaches them: as the difference between two views of
it.

Whatever process committed a change, each process projects the same floor for its own sockets, so that nothing
depends on who did it. A floor that is older than what was shown already is passed over.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from rooms.errors import Refusal, Unavailable
from rooms.ids import ClinicId, PractitionerNo, SessionId
from rooms.records import Clinic, Departure, Floor
from rooms.service.live.hello import Entered
from rooms.service.live.names import NAMES_FRESH, Card, FloorNames
from rooms.times import Instant
from rooms.visit.floor_restore import is_behind, is_newer
from rooms.visit.room import find
from signalling.ice.servers import IceServers
from signalling.ws.close_reason import close_reason, connection_lost
from signalling.ws.floor_views import FloorView, FloorViews, Members, admitted, changes
from signalling.ws.node_bus import FloorMessage, NodeBus, NodeMessage, RemoteSession, SignalMessage
from signalling.ws.session import Session


class ShownFloor:
    """A floor as this process last showed it, and its sessions here."""

    __slots__ = (
        "cards",
        "cards_made",
        "clinic",
        "floor",
        "lock",
        "read_at",
        "sessions",
        "shown_at",
        "unshown",
    )

    def __init__(self, clinic: Clinic, floor: Floor) -> None:
        self.clinic, self.floor = clinic, floor
        self.sessions: dict[SessionId, Session] = {}
        self.lock = asyncio.Lock()
        self.cards: Mapping[SessionId, Card] = {}
        self.cards_made = (-1, 0)
        """The version of the floor whose cards these are, and when they were made."""
        self.unshown = False
        """The names could not be read when this floor was to be shown."""
        self.read_at = self.shown_at = 0.0
        """When it was last read and shown by `ws.upkeep` (monotonic seconds)."""


class Seated(NamedTuple):
    """What a welcome needs: the first view, the newcomer's own card, the practitioner's name."""

    view: FloorView
    card: Card
    practitioner: str


class SessionRegistry:
    """Implements `rooms.ports.Bus` for this process."""

    def __init__(
        self, roster: FloorNames, ice: IceServers, node_bus: NodeBus, clock: Callable[[], Instant]
    ) -> None:
        self.roster, self.ice, self.node_bus, self.clock = roster, ice, node_bus, clock
        self.floors: dict[tuple[ClinicId, PractitionerNo], ShownFloor] = {}
        self.sessions: dict[SessionId, Session] = {}
        self.relayed = 0
        """Signals passed on since somebody looked."""
        self.ended: dict[Session, Instant] = {}
        """Sessions that have been told `ended`, and when; their sockets are closed a while later."""
        self.on_loss: Callable[[ShownFloor], Awaitable[None]] = self.refresh
        """Puts those who are here back on a floor whose newest states were lost, and shows it."""

    def clock_stepped(self, step: int) -> None:
        """The time was set by so many milliseconds: what lasts from some instant goes on lasting as long."""
        for session in self.sessions.values():
            session.ice_at += step
        self.ended = {session: at + step for session, at in self.ended.items()}
        for shown in self.floors.values():
            shown.cards_made = (-1, 0)
        self.roster.forget_all()

    async def floor_changed(self, clinic: Clinic, floor: Floor) -> None:
        """Show a committed floor to everybody who is on it, here and elsewhere."""
        self._spread(clinic.id, floor)
        await self.show(clinic, floor)

    async def appointment_changed(self, clinic: Clinic, floor: Floor) -> None:
        """Read names and appointments anew, and show the floor."""
        self._spread(clinic.id, floor, renamed=True)
        self.roster.forget(clinic.id)
        await self.show(clinic, floor)

    def _spread(self, clinic: ClinicId, floor: Floor, *, renamed: bool = False, also: str = "") -> None:
        nodes = {seat.node for seat in floor.seats} | {gone.node for gone in floor.departures} | {also}
        for node in nodes - {self.node_bus.node, ""}:
            self.node_bus.put(node, FloorMessage(clinic, floor, renamed))

    async def show(self, clinic: Clinic, floor: Floor) -> None:
        """Show a floor to everybody here who is on it, unless a newer one was shown already."""
        shown = self.floors.get((clinic.id, floor.practitioner_no))
        if shown is None:
            return
        if self._was_lost(shown, floor):
            await self.on_loss(shown)
            return
        async with shown.lock:
            if floor.version > shown.floor.version:
                shown.clinic, shown.floor = clinic, floor
                await self._show(shown)

    def _was_lost(self, shown: ShownFloor, floor: Floor) -> bool:
        """Whether the store had lost this floor's newest states: another process found that, and put people
        back on it, not knowing all that is known here; or a version was written a second time, and otherwise.
        """
        known = shown.floor
        if floor.losses == known.losses:
            return floor.version == known.version and floor.seats != known.seats
        return floor.losses > known.losses and is_behind(floor, known)

    async def show_restored(self, shown: ShownFloor, known: Floor, floor: Floor) -> None:
        """Show a floor that may be older than `known`, which was shown: Redis came back with older data, on
        which everybody was announced anew (RELIABILITY 4). Whoever is not on it is told to come again. And
        tell the others' processes.
        """
        self._spread(shown.clinic.id, floor)
        async with shown.lock:
            if shown.floor is not known and is_newer(shown.floor, floor):
                return  # it has gone on since
            shown.floor, shown.cards_made = floor, (-1, 0)
            await self._show(shown)

    async def receive(self, message: NodeMessage) -> None:
        """Act on a message from another process. Frames pass only between people of one room."""
        if isinstance(message, FloorMessage):
            shown = self.floors.get((message.clinic, message.floor.practitioner_no))
            if message.renamed:
                self.roster.forget(message.clinic)
            if shown is not None:
                await self.show(shown.clinic, message.floor)
            return
        session = self.sessions.get(message.to)
        if session is None or session.view is None or message.sender not in session.view.people:
            return
        if isinstance(message, SignalMessage):
            session.pass_on(message.sender, bytes(message.data))
        else:
            session.tell(message.kind, message.members)

    async def seat(self, session: Session, entered: Entered) -> Seated:
        """Take a session in and answer its first view. Nothing is told to it before it has a view: the caller
        welcomes it first, and then calls `tell_of`.
        """
        self._learn(entered)
        shown = self._enroll(session, entered)
        cards = await self._cards(shown, entered.clinic, entered.floor)
        me = find(entered.floor, entered.here.sid)
        if me is None or me.sid not in cards:
            raise Unavailable
        first = FloorViews(entered.floor, cards, entered.clinic, self.clock()).view(me)
        practitioner = await self.roster.practitioner(entered.clinic.id, entered.floor, self.clock())
        if self.sessions.get(me.sid) is not session:
            raise Unavailable  # it ended, or was taken over, while this was read
        return Seated(first, cards[me.sid], practitioner)

    def _enroll(self, session: Session, entered: Entered) -> ShownFloor:
        """Before anything is waited for, so that whatever changes meanwhile finds the session here."""
        key, sid = (entered.here.clinic, entered.here.practitioner), entered.here.sid
        shown = self.floors.setdefault(key, ShownFloor(entered.clinic, entered.floor))
        if entered.floor.version > shown.floor.version and not self._was_lost(shown, entered.floor):
            shown.clinic, shown.floor = entered.clinic, entered.floor
        shown.sessions[sid] = self.sessions[sid] = session
        return shown

    def _learn(self, entered: Entered) -> None:
        here, now = entered.here, self.clock()
        self.roster.learn(here.clinic, entered.siblings, now)
        if entered.practitioner is not None:
            self.roster.learn_practitioner(here.clinic, here.practitioner, entered.practitioner, now)

    async def tell_of(self, entered: Entered) -> None:
        """Tell the others who came, and the newcomer whatever happened while it was being taken in."""
        self._spread(entered.here.clinic, entered.floor, also=entered.came_from)
        shown = self.floors.get((entered.here.clinic, entered.here.practitioner))
        if shown is not None and self._was_lost(shown, entered.floor):
            await self.on_loss(shown)
        elif shown is not None:
            await self.refresh(shown)

    async def refresh(self, shown: ShownFloor) -> None:
        """Show the same floor again: time has passed (a long wait shows the phone, a late notice ends)."""
        async with shown.lock:
            await self._show(shown)

    async def _show(self, shown: ShownFloor) -> None:
        try:
            cards = await self._cards(shown, shown.clinic, shown.floor)
        except Unavailable:
            shown.unshown = True
            return
        shown.unshown = False
        floor = shown.floor
        views = FloorViews(floor, cards, shown.clinic, self.clock())
        for sid, session in list(shown.sessions.items()):
            me = views.seats.get(sid)
            if me is None:
                self._part(shown.floor, session, sid)
            elif me.epoch != session.here.epoch:
                # While its own client takes it up again here, the new epoch is this session's (see
                # `arrive.resume`).
                if me.epoch > session.here.epoch and not session.resuming:
                    self._replaced(session, sid)
            elif me.gone_at and session.socket is not None and not session.resuming:
                self.silent(session)
            elif session.view is not None:
                self._tell(session, views.view(me, session.view), floor)

    async def _cards(self, shown: ShownFloor, clinic: Clinic, floor: Floor) -> Mapping[SessionId, Card]:
        """A floor's cards, made once for a version unless names may have changed since. Raises
        `Unavailable`.
        """
        version, made_at = shown.cards_made
        if version != floor.version or self.clock() - made_at >= NAMES_FRESH:
            cards = await self.roster.cards(clinic, floor, self.clock())
            shown.cards, shown.cards_made = cards, (floor.version, self.clock())
            return cards
        return shown.cards

    def _tell(self, session: Session, new: FloorView, floor: Floor) -> None:
        old, session.view = session.view, new
        if old is None or old is new:
            return
        answers = session.answers and new.state == "in_room"
        for kind, members in changes(old, new, floor, session.ended, answers):
            if kind == "admitted":
                self._admitted(session, members)
            else:
                session.tell(kind, members)

    def _admitted(self, session: Session, members: Members) -> None:
        session.answers, session.ice_at = False, self.clock()
        session.tell("admitted", {**members, "ice": self.ice.config(session.here.sid, session.ice_at)})

    def answer_inside(self, session: Session) -> None:
        """`admit` and `enter` are answered by `admitted`, also where nothing changed for whoever asked."""
        if session.answers and session.view is not None and session.view.state == "in_room":
            self._admitted(session, admitted(session.view))

    def _part(self, floor: Floor, session: Session, sid: SessionId) -> None:
        gone = next((each for each in floor.departures if each.sid == sid), None)
        if gone is None and _has_newer(floor, session):
            gone = Departure(sid=sid, why="replaced", at=self.clock())
        self.drop(session)
        self._say_close_reason(session, gone)

    def _replaced(self, session: Session, sid: SessionId) -> None:
        self.drop(session)
        self._say_close_reason(session, Departure(sid=sid, why="replaced", at=self.clock()))

    def _say_close_reason(self, session: Session, gone: Departure | None) -> None:
        last = close_reason(gone)
        if gone is not None and gone.why == "left":
            # Its own `leave`, which says the rest; if that got no answer, the socket is closed a while later.
            session.over = "left"
            self.ended[session] = self.clock()
        if last.ended is not None:
            session.over = last.ended
            session.tell("ended", {"why": last.ended})
            self.ended[session] = self.clock()
        if last.refusal is not None:
            session.refuse(last.refusal, close=last.refusal.code)

    def silent(self, session: Session) -> None:
        """Nothing came in for so long that the seat counts as left; the socket is closed, and a client that
        is there after all resumes.
        """
        socket, session.socket = session.socket, None
        if socket is not None:
            socket.refuse(connection_lost(), "connection_lost")

    def drop(self, session: Session) -> None:
        """Forget a session whose seat is over."""
        sid = session.here.sid
        if self.sessions.get(sid) is session:
            del self.sessions[sid]
        key = (session.here.clinic, session.here.practitioner)
        shown = self.floors.get(key)
        if shown is not None and shown.sessions.get(sid) is session:
            del shown.sessions[sid]
            if not shown.sessions:
                del self.floors[key]

    def companions(self, session: Session) -> list[Session | RemoteSession]:
        """The people this one is in a room with."""
        people = session.view.people if session.view else {}
        return [each for sid in people if (each := self._reach(session, sid)) is not None]

    def companion(self, session: Session, sid: str) -> Session | RemoteSession:
        """One of them. Raises `peer_not_found`, also for people of other rooms."""
        found = self._reach(session, SessionId(sid)) if session.view and sid in session.view.people else None
        if found is None:
            raise Refusal("peer_not_found", "This person is not in the room.")
        return found

    def _reach(self, session: Session, sid: SessionId) -> Session | RemoteSession | None:
        here = self.sessions.get(sid)
        if here is not None:
            return here
        shown = self.floors.get((session.here.clinic, session.here.practitioner))
        seat = find(shown.floor, sid) if shown else None
        if seat is None or seat.node == self.node_bus.node:
            return None
        return RemoteSession(self.node_bus, seat.node, session.here, sid)


def _has_newer(floor: Floor, session: Session) -> bool:
    """Whether somebody else has this session's seat: of a person who comes a hundred times only the last
    departures are kept.
    """
    room = session.view.room if session.view else None
    return any(
        seat.person == session.person and (seat.person == "practitioner" or seat.room == room)
        for seat in floor.seats
    )
