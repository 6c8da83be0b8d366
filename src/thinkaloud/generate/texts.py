"""Texts: transcripts as far as they go, and the two judges who say how likely each is: the language model, and CTC.

    say a   -> say a b | say a c | say an | END    log p(language model) + ctc_weight * log p(CTC: it begins so)

Every id more costs a text some of its score: neither judge finds a longer text likelier than its beginning.

All of this is small: it is counted on the CPU, wherever the language model is.

Letters: W texts, N candidates, V text ids.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from thinkaloud.listen.characters import SYMBOLS, letter_ids, likeliest
from thinkaloud.listen.prefixes import Floats, Ints, Prefixes, PrefixScorer
from thinkaloud.text import Tokenizer
from thinkaloud.tokens import Stream

_CANDIDATES = 8  # ids that each text may go on with: the language model's likeliest


@dataclass(frozen=True, kw_only=True)
class Text:
    """One text: its ids, the language model's opinion in nats, and what its letters still owe: a space or an apostrophe."""

    ids: tuple[int, ...] = ()
    log_prob: float = 0.0
    owed: str = ""
    begun: bool = False  # it has letters

    def grown(self, token_id: int, log_prob: float, tokenizer: Tokenizer) -> tuple["Text", str]:
        """This text with one id more, and the letters that the id adds; `log_prob` is that of the text with it."""
        piece = tokenizer.piece(self.ids[-1] if self.ids else None, token_id)
        letters, owed = spelt(piece, self.owed, self.begun)
        begun, ids = self.begun or bool(letters), (*self.ids, token_id)
        return Text(ids=ids, log_prob=log_prob, owed=owed, begun=begun), letters


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """N texts with an id more, END perhaps, before CTC has spoken: the number of the text, the id, and what it would be worth.

    `log_probs` is the language model's opinion of the text with the id, `hopes` the most that both judges may give it: to CTC
    no letter makes a text likelier.
    """

    rows: Ints
    ids: Ints
    log_probs: Floats
    hopes: Floats

    def chosen(self, index: Ints | NDArray[np.bool_]) -> "Candidates":
        """Those of an index [M], or of a mask [N]."""
        return Candidates(**{name: value[index] for name, value in vars(self).items()})


@dataclass(frozen=True, kw_only=True)
class Scored:
    """N texts of whom both judges have spoken: the number of the text that each was, and whether it has ended."""

    texts: list[Text]
    rows: Ints
    ends: NDArray[np.bool_]
    prefixes: Prefixes
    scores: Floats

    def chosen(self, index: Ints) -> "Scored":
        """Those of an index [M]."""
        texts, prefixes = [self.texts[n] for n in index.tolist()], self.prefixes.chosen(index)
        return Scored(texts=texts, rows=self.rows[index], ends=self.ends[index], prefixes=prefixes, scores=self.scores[index])

    def with_others(self, others: "Scored") -> "Scored":
        """And others behind them."""
        joined = {name: np.concatenate([getattr(self, name), getattr(others, name)]) for name in ("rows", "ends", "scores")}
        return Scored(texts=self.texts + others.texts, prefixes=Prefixes.joined([self.prefixes, others.prefixes]), **joined)


class Judges:
    """Both judges of one stretch of speech."""

    def __init__(self, tokenizer: Tokenizer, stream: Stream, log_probs: Tensor, ctc_weight: float) -> None:
        """`log_probs` [C, V] are the chances to spell (`CharacterHead.chances`)."""
        self.tokenizer, self.stream, self.ctc_weight = tokenizer, stream, ctc_weight
        self._scorer = PrefixScorer(log_probs)
        self.spelt = likeliest(log_probs)  # by CTC alone

    def start(self) -> Prefixes:
        """What CTC says of the empty text."""
        return self._scorer.start()

    def is_mark(self, before: int | None, token_id: int) -> bool:
        """An id of the text that adds something, but nothing that CTC could spell, behind another one."""
        if token_id >= self.stream.size:
            return False
        added = self.tokenizer.piece(before, token_id).strip().lower()
        return bool(added) and not set(added) & set(SYMBOLS)

    def candidates(self, texts: Sequence[Text], opinions: Tensor, before: Prefixes) -> Candidates:
        """What the language model would go on with after each text, of its log-probabilities [W, V]; CTC said `before`."""
        values, ids = (top.numpy() for top in opinions.topk(min(_CANDIDATES, opinions.shape[1]), dim=1))  # [W, 8] each
        log_probs = np.array([text.log_prob for text in texts])[:, None] + values  # [W, 8]
        hopes = log_probs + self.ctc_weight * before.scores[:, None]
        rows, places = np.nonzero((ids == self.stream.end) | (ids < self.stream.size))
        return Candidates(rows=rows, ids=ids[rows, places], log_probs=log_probs[rows, places], hopes=hopes[rows, places])

    def scored(self, texts: Sequence[Text], candidates: Candidates, before: Prefixes) -> Scored:
        """The texts that candidates make of these, and what both judges say of them; CTC said `before` of these."""
        ends = candidates.ids == self.stream.end
        given = zip(
            candidates.rows.tolist(), candidates.ids.tolist(), candidates.log_probs.tolist(), ends.tolist(), strict=True
        )
        grown = [
            (replace(texts[row], log_prob=log_prob), "") if end else texts[row].grown(token_id, log_prob, self.tokenizer)
            for row, token_id, log_prob, end in given
        ]
        prefixes = self._scorer.grow(before.chosen(candidates.rows), _symbols([letters for _, letters in grown]))
        scores = candidates.log_probs + self.ctc_weight * np.where(ends, prefixes.whole, prefixes.scores)
        return Scored(texts=[text for text, _ in grown], rows=candidates.rows, ends=ends, prefixes=prefixes, scores=scores)

    def best(self, texts: Sequence[Text], opinions: Tensor, before: Prefixes, most: int, within_nats: float) -> Scored:
        """The likeliest `most` texts with an id more, best first, of those that are `within_nats` of the best.

        CTC is asked only of those that may still be among them.
        """
        candidates = self.candidates(texts, opinions, before)
        order = (-candidates.hopes).argsort(kind="stable")
        found = self.scored(texts, candidates.chosen(order[:most]), before)
        others = order[most:]
        others = others[candidates.hopes[others] >= max(found.scores.min(), found.scores.max() - within_nats)]
        if len(others):
            found = found.with_others(self.scored(texts, candidates.chosen(others), before))
        kept = (-found.scores).argsort(kind="stable")[:most]
        return found.chosen(kept[found.scores[kept] >= found.scores[kept[0]] - within_nats])

    def beginnings(self, ids: Sequence[int], opinions: Tensor) -> tuple[list[Text], Prefixes]:
        """All beginnings of a text of n ids, the empty one first, given opinions [n + 1, V] of what follows each; and CTC's."""
        texts, prefixes = [Text()], [self.start()]
        for opinion, token_id in zip(opinions, ids, strict=False):
            text, letters = texts[-1].grown(token_id, texts[-1].log_prob + float(opinion[token_id]), self.tokenizer)
            texts.append(text)
            prefixes.append(self._scorer.grow(prefixes[-1], _symbols([letters])))
        return texts, Prefixes.joined(prefixes)

    def whole(self, texts: Sequence[Text], prefixes: Prefixes, opinions: Tensor) -> float:
        """What both judges give the last of these `beginnings` as all that was said, given the same opinions."""
        return texts[-1].log_prob + float(opinions[-1, self.stream.end] + self.ctc_weight * prefixes.whole[-1])


def spelt(piece: str, owed: str, begun: bool) -> tuple[str, str]:
    """What CTC would spell for a piece of text, as `characters.spell` of the whole would: and what is owed to the next letter.

    A space or an apostrophe shows only between letters.
    """
    letters = ""
    for character in piece.lower().replace("’", "'"):
        if character in SYMBOLS[2:]:
            letters, owed, begun = letters + owed + character, "", True
        elif begun and character != "\ufffd":
            owed = f"{owed}'" if character == "'" and not owed.strip("'") else " "
    return letters, owed


def _symbols(texts: Sequence[str]) -> Ints:
    """The ids [N, L] of letters, 0 behind the shorter ones."""
    symbols = np.zeros((len(texts), max(map(len, texts), default=0)), dtype=np.int64)
    for row, text in zip(symbols, texts, strict=True):
        row[: len(text)] = letter_ids(text)
    return symbols
