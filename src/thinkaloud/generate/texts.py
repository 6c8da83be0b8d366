"""Texts: transcripts as far as they go, and the two judges who say how likely each is: the language model, and CTC.

    say a   -> say a b | say a c | say an | ...    log p(language model) + ctc_weight * log p(CTC: it begins so)

Every id more costs a text some of its score: neither judge finds a longer text likelier than its beginning.

Letters: W texts, N candidates, V text ids.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from thinkaloud.listen.characters import SYMBOLS, letter_ids, likeliest
from thinkaloud.listen.prefixes import Prefixes, PrefixScorer
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
        """This text with one id more, whose log-probability is given; and the letters that the id adds."""
        piece = tokenizer.piece(self.ids[-1] if self.ids else None, token_id)
        letters, owed = spelt(piece, self.owed, self.begun)
        begun, ids = self.begun or bool(letters), (*self.ids, token_id)
        return Text(ids=ids, log_prob=self.log_prob + log_prob, owed=owed, begun=begun), letters


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Text number `row` with the id `last` more, before CTC has spoken: the letters that it adds; END adds none."""

    row: int
    last: int
    text: Text
    letters: str = ""
    ends: bool = False


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

    def candidates(self, texts: Sequence[Text], opinions: Tensor) -> list[Candidate]:
        """What the language model would go on with after each text, of its log-probabilities [W, V]."""
        values, ids = opinions.topk(min(_CANDIDATES, opinions.shape[1]), dim=1)  # [W, 8] each
        found = []
        for row, text in enumerate(texts):
            for value, token_id in zip(values[row].tolist(), ids[row].tolist(), strict=True):
                if token_id == self.stream.end:
                    ended = replace(text, log_prob=text.log_prob + value)
                    found.append(Candidate(row=row, last=token_id, text=ended, ends=True))
                elif token_id < self.stream.size:
                    grown, letters = text.grown(token_id, value, self.tokenizer)
                    found.append(Candidate(row=row, last=token_id, text=grown, letters=letters))
        return found

    def scored(self, candidates: Sequence[Candidate], before: Prefixes) -> tuple[Prefixes, Tensor]:
        """What CTC says of candidates for texts of which it said `before`, and the scores [N] of both judges."""
        rows = torch.tensor([one.row for one in candidates], dtype=torch.long)
        prefixes = self._scorer.grow(before.chosen(rows), _symbols([one.letters for one in candidates]))
        ends = torch.tensor([one.ends for one in candidates], dtype=torch.bool)
        own = torch.tensor([one.text.log_prob for one in candidates], dtype=torch.double)
        return prefixes, own + self.ctc_weight * torch.where(ends, prefixes.whole, prefixes.scores)

    def beginnings(self, ids: Sequence[int], opinions: Tensor) -> tuple[list[Text], Prefixes]:
        """All beginnings of a text of n ids, the empty one first, given opinions [n + 1, V] of what follows each; and CTC's."""
        texts, prefixes = [Text()], [self.start()]
        for opinion, token_id in zip(opinions, ids, strict=False):
            text, letters = texts[-1].grown(token_id, float(opinion[token_id]), self.tokenizer)
            texts.append(text)
            prefixes.append(self._scorer.grow(prefixes[-1], _symbols([letters])))
        return texts, Prefixes.joined(prefixes)


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


def _symbols(texts: Sequence[str]) -> Tensor:
    """The ids [N, L] of letters, 0 behind the shorter ones."""
    ids = [torch.tensor(letter_ids(text), dtype=torch.long) for text in texts]
    return torch.nn.utils.rnn.pad_sequence(ids, batch_first=True) if ids else torch.zeros(0, 0, dtype=torch.long)
