"""Conversation: the items of one session in order, and what the model is told of them.

    items   system*  user assistant  user assistant(cut)  user        -> the answer to be
    told    history: exchanges, as heard | question

Models without a system prompt cannot follow instructions; they open a conversation in which nobody has asked anything.

Holds no socket and no clock. Every change gives the events that tell it to the client.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from thinkaloud.generate.ask import Exchange, Question
from thinkaloud.serve import server_events
from thinkaloud.serve.items import Item
from thinkaloud.serve.protocol import ProtocolError
from thinkaloud.serve.server_events import ToClient


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the model is put to: a question after its history."""

    question: Question
    history: tuple[Exchange, ...]

    def same_history(self, other: "Asked") -> bool:
        """Whether the same was said before that one."""
        mine, others = ([(id(past.question), past.answer) for past in asked.history] for asked in (self, other))
        return mine == others


class Conversation:
    """Items by order. Ids are unique; positions are told by the item before."""

    def __init__(self, max_items: int = 1_000) -> None:
        self.items: list[Item] = []
        self._max_items = max_items

    def add(self, item: Item, after: str | None = None) -> list[ToClient]:
        """Puts an item in its place (`after` "root": first; None: last) and announces it."""
        if any(other.id == item.id for other in self.items):
            raise ProtocolError(f"an item {item.id!r} exists already", code="item_id_exists", param="item.id")
        if len(self.items) >= self._max_items:
            raise ProtocolError(
                f"a session holds at most {self._max_items} items; delete some or begin a new session", code="too_many_items"
            )
        place = len(self.items) if after is None else 0 if after == "root" else self.items.index(self.find(after)) + 1
        self.items.insert(place, item)
        before = self.before(item)
        added = server_events.ItemAdded(item=item.wire(), previous_item_id=before)
        if item.status == "in_progress":
            return [added]
        return [added, server_events.ItemDone(item=item.wire(), previous_item_id=before)]

    def before(self, item: Item) -> str | None:
        """The id of the item before, None for the first."""
        place = self.items.index(item)
        return self.items[place - 1].id if place else None

    @property
    def last_id(self) -> str | None:
        """The id of the last item."""
        return self.items[-1].id if self.items else None

    def find(self, item_id: str, code: str = "item_not_found") -> Item:
        """The item of that id; ProtocolError if there is none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise ProtocolError(f"there is no item {item_id!r}", code=code, param="item_id")

    def write_down(self, question: Question, text: str) -> None:
        """The words of a question that was heard, for the turns after it."""
        for item in self.items:
            if item.question is question:
                item.question = Question(text=text, heard=question.heard)

    def delete(self, item_id: str) -> list[ToClient]:
        """Forgets an item."""
        self.items.remove(self.find(item_id, "item_delete_invalid_item_id"))
        return [server_events.ItemDeleted(item_id=item_id)]

    def truncate(self, item_id: str, content_index: int, audio_end_ms: int) -> list[ToClient]:
        """The client tells how much of an answer it played. It is an estimate: more than there was means all of it."""
        item = self.find(item_id, "item_truncate_invalid_item_id")
        if item.role != "assistant" or not item.spoken:
            raise ProtocolError(f"item {item_id!r} is not a spoken answer", code="invalid_truncate", param="item_id")
        if content_index != 0 or audio_end_ms < 0:
            raise ProtocolError("content_index must be 0 and audio_end_ms not negative", code="invalid_truncate")
        item.heard_ms = min(audio_end_ms, item.audio_ms)
        return [server_events.ItemTruncated(item_id=item_id, content_index=0, audio_end_ms=item.heard_ms)]

    def would_ask(self, question: Question) -> Asked:
        """What would be answered if the user asked this now."""
        return Asked(question=question, history=_exchanges(self.items))

    def asked(self, instructions: str, items: Sequence[Item] | None = None) -> Asked | None:
        """What to answer now: the last user message, after the exchanges before it. None if nobody asked anything."""
        items = self.items if items is None else items
        users = [place for place, item in enumerate(items) if item.role == "user" and item.question is not None]
        if not users:
            said = "\n".join(filter(None, [instructions, *(item.text for item in items if item.role == "system")]))
            return Asked(question=Question(text=said), history=_exchanges(items)) if said else None
        question = items[users[-1]].question
        assert question is not None
        return Asked(question=question, history=_exchanges(items[: users[-1]]))


def _exchanges(items: Sequence[Item]) -> tuple[Exchange, ...]:
    """Each user message with the answers that follow it; an answer nobody heard a word of is an empty one."""
    pairs: list[tuple[Question, list[str]]] = []
    for item in items:
        if item.role == "user" and item.question is not None:
            pairs.append((item.question, []))
        elif item.role == "assistant" and item.remembered:
            if not pairs:
                pairs.append((Question(), []))  # the model spoke first
            pairs[-1][1].append(item.remembered)
    return tuple(Exchange(question=question, answer=" ".join(answers)) for question, answers in pairs)
