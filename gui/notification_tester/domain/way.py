# SPDX-License-Identifier: MIT
"""The way of a message, station by station, as far as it was seen: what is drawn, read out, and put into a report.

Between being taken and being seen nothing can be watched: where a message was not seen, only the last part of its way
is broken for certain, unless the service or the destination's own policy says what stands in the way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from notification_tester.domain.counts import seconds_words
from notification_tester.domain.delivery import NOT_TRIED, Lamp, State
from notification_tester.domain.destination import Transport
from notification_tester.domain.finding import Level
from notification_tester.domain.problem import Cause, Code

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from notification_tester.domain.delivery import TestOutcome, Verdicts
    from notification_tester.domain.finding import Finding
    from notification_tester.domain.problem import Problem


class Place(StrEnum):
    """What a station is."""

    MECHANICAL_TURK = "mechanical-turk"
    THIS_COMPUTER = "this-computer"
    QUEUE = "queue"
    TOPIC = "topic"
    MAIL_SERVER = "mail-server"
    MAILBOX = "mailbox"
    RECEIVER = "receiver"
    YOU = "you"


class Passage(StrEnum):
    """What is known of a station or a link. UNKNOWN is an answer; NOT_YET says that nothing came so far."""

    KNOWN = "known"
    BROKEN = "broken"
    UNKNOWN = "unknown"
    UNDER_WAY = "under way"
    NOT_YET = "not yet"
    OPEN = "open"  # looked at, and nothing stands in the way; nothing was sent


@dataclass(frozen=True, kw_only=True)
class Station:
    """A stop; ``name`` may be text from outside, and is empty where the place says all.

    ``seconds``: since the sending began, until the station said that it took the message.
    """

    place: Place
    name: str = ""
    passage: Passage = Passage.NOT_YET
    seconds: float | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Link:
    """From one station to the next; ``seconds`` since the sending began, until it was seen that it came through."""

    passage: Passage = Passage.NOT_YET
    seconds: float | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Way:
    """At least two stations, and a link less; ``headline`` says in a few words how it went."""

    headline: str
    stations: tuple[Station, ...]
    links: tuple[Link, ...]

    @property
    def broken(self) -> Station | Link | None:
        """Where it is known to have stopped."""
        return next((one for one in self.parts if one.passage is Passage.BROKEN), None)

    @property
    def parts(self) -> tuple[Station | Link, ...]:
        """The links, and then the stations."""
        return (*self.links, *self.stations)

    def as_text(self) -> str:
        """A line for the headline and one a link, with states and seconds in words: for a report and a screen reader.

        Nothing is said of a station beyond its name unless something is known of it.
        """
        return "\n".join((f"{self.headline}.", *self.lines()))

    def lines(self) -> tuple[str, ...]:
        """The links and the stations that have something to tell, a line each, in their order."""
        rows = [_line_of(self.stations[0])] if _has_to_tell(self.stations[0]) else []
        for number, link in enumerate(self.links):
            before, after = self.stations[number], self.stations[number + 1]
            rows.append(f"{station_words(before)} to {station_words(after)}: {_said(link)}")
            if _has_to_tell(after):
                rows.append(_line_of(after))
        return tuple(rows)


_WORDS = {
    Passage.KNOWN: "came through",
    Passage.BROKEN: "stopped here",
    Passage.UNKNOWN: "not known",
    Passage.UNDER_WAY: "under way",
    Passage.NOT_YET: "not tried yet",
    Passage.OPEN: "open, as far as was looked at",
}
_NAMES = {
    Place.MECHANICAL_TURK: "Mechanical Turk",
    Place.THIS_COMPUTER: "This computer",
    Place.QUEUE: "Queue",
    Place.TOPIC: "Topic",
    Place.MAIL_SERVER: "Mail server",
    Place.MAILBOX: "Mailbox",
    Place.RECEIVER: "Web receiver",
    Place.YOU: "You",
}
MADE_TO_LOOK = "made to look"
"""The name of the queue through which this program looks at a topic."""

_DOORS = frozenset({Code.CLOSED, Code.ENCRYPTED, Code.GONE})
_BEYOND_A_TOPIC = frozenset({Code.NOBODY_SUBSCRIBED, Code.SUBSCRIBERS_UNSEEN})
_PLACES = {Transport.SQS: Place.QUEUE, Transport.SNS: Place.TOPIC, Transport.EMAIL: Place.MAILBOX}


def station_words(station: Station) -> str:
    """What a station is called in a line: its place, and its name where it has one."""
    place = _NAMES[station.place]
    return f"{place} {station.name}" if station.name else place


def turk_stations(transport: Transport, name: str) -> tuple[Station, ...]:
    """Where a test of Mechanical Turk's passes; what a topic passes on is looked at in a queue made for that."""
    stops = [Station(place=Place.MECHANICAL_TURK), Station(place=_PLACES[transport], name=name)]
    if transport is Transport.SNS:
        stops.append(Station(place=Place.QUEUE, name=MADE_TO_LOOK))
    return (*stops, Station(place=Place.YOU))


def own_stations(place: Place, name: str) -> tuple[Station, ...]:
    """Where a message of this computer's passes to a queue, topic, mail server or web receiver."""
    stops = (Station(place=Place.THIS_COMPUTER), Station(place=place, name=name))
    match place:
        case Place.TOPIC:
            return (*stops, Station(place=Place.QUEUE, name=MADE_TO_LOOK), Station(place=Place.YOU))
        case Place.MAIL_SERVER:
            return (*stops, Station(place=Place.MAILBOX))
        case Place.RECEIVER:
            return stops
        case _:
            return (*stops, Station(place=Place.YOU))


def untravelled(stations: tuple[Station, ...], *, was_tested: bool = False) -> Way:
    """The way before anything was sent; where it ``was_tested``, what is known of that is shown elsewhere."""
    headline = "Nothing new was sent yet" if was_tested else "Nothing was sent yet"
    return Way(headline=headline, stations=stations, links=(Link(),) * (len(stations) - 1))


def under_way(stations: tuple[Station, ...]) -> Way:
    """The way while nothing is known yet but that it is being sent."""
    links = (Link(passage=Passage.UNDER_WAY), *(Link(),) * (len(stations) - 2))
    return Way(headline="Under way", stations=stations, links=links)


def way_of_findings(transport: Transport, name: str, findings: Iterable[Finding]) -> Way:
    """Where a message to ``name`` would stop, as far as a checkup saw: nothing was sent, and nothing came through."""
    stations = [Station(place=Place.MECHANICAL_TURK), Station(place=_PLACES[transport], name=name)]
    stations.append(Station(place=Place.YOU))
    links = [Link(), Link()]
    for finding in findings:
        found = _place_of(finding.id, transport)
        if found is None:
            continue
        passage = _OF_LEVELS.get(finding.level, Passage.OPEN)
        if passage is Passage.BROKEN and finding.id in _OF_THE_ASKING:
            passage = Passage.UNKNOWN
        reason = "" if passage is Passage.OPEN else finding.title
        on_links, number = found
        if on_links and _is_worse(passage, links[number].passage):
            links[number] = Link(passage=passage, reason=reason)
        elif not on_links and _is_worse(passage, stations[number].passage):
            stations[number] = replace(stations[number], passage=passage, reason=reason)
    way = Way(headline="", stations=tuple(stations), links=tuple(links))
    return replace(way, headline=_headline_of_findings(way, name))


def _headline_of_findings(way: Way, name: str) -> str:
    broken = way.broken
    if broken is None:
        if any(part.passage is Passage.UNKNOWN for part in way.parts):
            return "Whether a message gets through cannot be told"
        return "Nothing was seen to stand in the way"
    if broken is way.links[0]:
        return f"A message would stop at the door of {name}"
    if broken is way.links[-1]:
        return f"A message would get no further than {name}"
    if broken is way.stations[0]:
        return "Mechanical Turk would not take a test"
    return f"{name} cannot be sent to"


def _place_of(finding_id: str, transport: Transport) -> tuple[bool, int] | None:
    """Where on the way what was found matters: whether that is a link, and which; None for what is beside the way."""
    room, _, rest = finding_id.partition(".")
    if room == "account":
        return (False, 0) if rest in _OF_THE_SENDER else None
    door = {Transport.SQS: "queue", Transport.SNS: "topic", Transport.EMAIL: "email"}[transport]
    if room not in {door, "destination"}:
        return (True, 1) if room == "queue" else None  # one that is subscribed to the topic
    if rest in {"exists", "place", "kind", "readable"}:
        return (False, 1)
    if rest in {"policy", "encryption", "domain", "address"}:
        return (True, 0)
    return (True, 1) if rest in {"subscribers", "filters", "queues", "delivery"} else None


_OF_THE_SENDER = frozenset({"network", "clock", "keys", "service", "link", "test"})
_OF_THE_ASKING = frozenset({"account.network", "account.clock", "account.keys", "account.service"})
"""What keeps this computer from asking; Mechanical Turk may send all the same."""
_OF_LEVELS = {Level.BROKEN: Passage.BROKEN, Level.UNKNOWN: Passage.UNKNOWN}
_BEST_FIRST = (Passage.NOT_YET, Passage.OPEN, Passage.UNKNOWN, Passage.BROKEN)


def _is_worse(one: Passage, other: Passage) -> bool:
    return _BEST_FIRST.index(one) > _BEST_FIRST.index(other)


def way_of_test(outcome: TestOutcome) -> Way:
    """The way of one test, as far as it is known now; what is not decided is under way."""
    destination = outcome.spec.destination
    way = travelled(turk_stations(outcome.spec.transport, destination.name), outcome)
    if outcome.perhaps_not_yours and outcome.arrived.state is not State.NO:
        return replace(way, headline="A test message came, perhaps not yours")
    return way


def travelled(stations: tuple[Station, ...], verdicts: Verdicts) -> Way:
    """The way of a message along ``stations``, as far as it is known now."""
    sender, door = stations[0], stations[1]
    problem = verdicts.problem
    accepted, arrived = verdicts.accepted, verdicts.arrived
    untouched = (Link(),) * (len(stations) - 2)
    if accepted is NOT_TRIED and arrived is NOT_TRIED:
        return under_way(stations)
    stations = (_took(sender, accepted), *stations[1:])
    is_seen = arrived.state is State.YES
    if not is_seen and problem is not None and problem.code in _DOORS:
        links = (Link(passage=Passage.BROKEN, reason=problem.title), *untouched)
        return Way(headline=_no_way_in(door, verdicts, problem), stations=stations, links=links)
    if accepted.state is State.NO and not is_seen:
        return _not_taken(stations, verdicts, untouched)
    if arrived is NOT_TRIED:
        return under_way(stations)
    return _looked_for(stations, verdicts)


def _no_way_in(door: Station, verdicts: Verdicts, problem: Problem) -> str:
    """What was not taken for certain is not said to have come as far as the door."""
    if problem.code == Code.GONE:
        return problem.title.rstrip(".")
    if verdicts.accepted.state is State.UNKNOWN:
        return f"{door.name} does not let Mechanical Turk in"
    return f"Stopped at the door of {door.name}"


def headline_of_all(outcomes: Sequence[TestOutcome]) -> str:
    """How several tests of one run went, in a few words; that of the only one where there is one."""
    first = next((one for one in outcomes if not one.is_good), outcomes[0])
    if len(outcomes) == 1:
        return way_of_test(first).headline
    arrived = sum(one.arrived.state is State.YES for one in outcomes)
    if all(one.is_good for one in outcomes):
        return f"Everything arrived: {arrived} of {len(outcomes)}"
    if arrived == 0 or all(map(_ends_at_the_topic, outcomes)):
        return way_of_test(first).headline
    if arrived == len(outcomes):
        return f"All {arrived} arrived, and not all are as they should be"
    return f"{arrived} of {len(outcomes)} arrived"


def _took(sender: Station, accepted: Lamp) -> Station:
    """The first station: Mechanical Turk says whether it took the test; this computer always has its message."""
    if sender.place is Place.THIS_COMPUTER:
        return replace(sender, passage=Passage.KNOWN)
    passage = {State.YES: Passage.KNOWN, State.NO: Passage.BROKEN, State.UNKNOWN: Passage.UNKNOWN}[accepted.state]
    if accepted.state is State.YES:
        return replace(sender, passage=passage, seconds=accepted.seconds)
    return replace(sender, passage=passage, reason=accepted.detail)


def _not_taken(stations: tuple[Station, ...], verdicts: Verdicts, untouched: tuple[Link, ...]) -> Way:
    sender, door = stations[0], stations[1]
    problem = verdicts.problem
    why = verdicts.accepted.detail if problem is None else problem.title
    if verdicts.as_expected.state is State.YES:  # a message that a receiver is right to refuse
        door = replace(door, passage=Passage.KNOWN, reason=verdicts.as_expected.detail)
        links = (Link(passage=Passage.KNOWN, seconds=verdicts.accepted.seconds), *untouched)
        return Way(headline="Refused, as it should be", stations=(sender, door, *stations[2:]), links=links)
    if sender.place is Place.MECHANICAL_TURK and (problem is None or problem.cause is not Cause.DESTINATION):
        sender = replace(sender, passage=Passage.BROKEN, reason=why)
        stations = (sender, *stations[1:])
        return Way(headline="Mechanical Turk did not take it", stations=stations, links=(Link(), *untouched))
    if sender.place is Place.MECHANICAL_TURK:
        stations = (replace(sender, passage=Passage.UNKNOWN, reason=""), *stations[1:])
    links = (Link(passage=Passage.BROKEN, reason=why), *untouched)
    return Way(headline=f"Stopped on the way to {door.name}", stations=stations, links=links)


def _looked_for(stations: tuple[Station, ...], verdicts: Verdicts) -> Way:
    """Of a message that was looked for, or answered by the receiver itself."""
    arrived, name = verdicts.arrived, stations[1].name
    number = len(stations) - 1
    if arrived.state is State.YES:
        seen_at = number - 2 if stations[-1].place is Place.YOU else number - 1
        links = tuple(
            Link(passage=Passage.KNOWN, seconds=arrived.seconds if place == seen_at else None)
            for place in range(number)
        )
        if _ends_at_the_topic(verdicts):
            passage = Passage.BROKEN if verdicts.as_expected.state is State.NO else Passage.UNKNOWN
            links = (*links[:-1], Link(passage=passage, reason=verdicts.as_expected.detail))
        return Way(headline=_arrived(verdicts), stations=_judged(stations, verdicts), links=links)
    if arrived.state is State.NO:
        unseen = (Link(passage=Passage.UNKNOWN),) * (number - 1)
        links = (*unseen, Link(passage=Passage.BROKEN, reason=arrived.detail))
        return Way(headline=f"Not seen in {name}" if number > 1 else "Not answered", stations=stations, links=links)
    links = (*(Link(passage=Passage.UNKNOWN),) * (number - 1), Link(passage=Passage.UNKNOWN, reason=arrived.detail))
    is_taken = verdicts.accepted.state is State.YES
    headline = "Taken; whether it arrived is not known" if is_taken else "Whether it was taken is not known"
    return Way(headline=headline, stations=stations, links=links)


def _judged(stations: tuple[Station, ...], verdicts: Verdicts) -> tuple[Station, ...]:
    """Those it was seen to pass, and the last one with what was said of the message itself."""
    stations = (stations[0], *(replace(one, passage=Passage.KNOWN) for one in stations[1:-1]), stations[-1])
    lamp = verdicts.as_expected
    if lamp is NOT_TRIED or _ends_at_the_topic(verdicts):
        return stations
    passage = {State.YES: Passage.KNOWN, State.NO: Passage.BROKEN, State.UNKNOWN: Passage.UNKNOWN}[lamp.state]
    reason = "" if lamp.state is State.YES else lamp.detail
    return (*stations[:-1], replace(stations[-1], passage=passage, reason=reason))


def _ends_at_the_topic(verdicts: Verdicts) -> bool:
    """Whether it was seen by this program alone, which subscribed to look, and by nobody else that is known."""
    return verdicts.problem is not None and verdicts.problem.code in _BEYOND_A_TOPIC


def _arrived(verdicts: Verdicts) -> str:
    state = verdicts.as_expected.state
    if state is State.YES:
        return "Everything arrived"
    if state is State.NO or _ends_at_the_topic(verdicts):
        title = "" if verdicts.problem is None else verdicts.problem.title.rstrip(".")
        return title or "It arrived, and is not as it should be"
    return "It arrived"


def _said(part: Station | Link) -> str:
    words = _WORDS[part.passage]
    if part.seconds is not None:
        words += f", {seconds_words(part.seconds)}"
    return f"{words}. {part.reason}" if part.reason else f"{words}."


def _has_to_tell(station: Station) -> bool:
    return station.passage in {Passage.BROKEN, Passage.UNKNOWN} or station.seconds is not None


def _line_of(station: Station) -> str:
    if station.seconds is not None:
        return f"{station_words(station)}: took it, {seconds_words(station.seconds)}."
    return f"{station_words(station)}: {_said(station)}"
