"""Together: decodings of many conversations advance with one pass of the model, each as if it were alone.

A pass costs little more for eight rows than for one: the weights are read once. Rows join after their prompt and leave when
they like; their pasts lie in shared tables, each as long as it is. "n" is what this pass adds:

    table row            past                length   belongs to
    0           a a a a a a a n . . . . .       7     conversation A, the row that speaks
    1           a a a a a a a n . . . . .       7     ... the row that thinks (batch-parallel), until its text has ended
    2           b b b n . . . . . . . . .       3     conversation B
    3           . . . . . . . . . . . . .       -     free

Letters: N table rows, R of them in this pass, H heads, C capacity in steps, D width.
"""

import weakref
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor
from transformers import Cache
from transformers.cache_utils import CacheLayerMixin, DynamicLayer

from thinkaloud.backbone import Hidden
from thinkaloud.generate.loop import Stepped
from thinkaloud.model import SpeechLM
from thinkaloud.past import Past, PastLayer, is_whole


class Together:
    """One model's shared passes. Owned by one thread."""

    def __init__(self, model: SpeechLM) -> None:
        self._model = model
        self._tables = Tables()
        self._able = is_whole(model.backbone.new_cache())

    def hidden(self, decodings: Sequence[Stepped | None]) -> list[Hidden | None]:
        """Of each decoding what its next `step` needs: hidden states [R, 1, D] of its rows.

        None where it must step alone: there is none, its prompt is still to be read, or no other could share the pass. Who
        has shared one shares all from then on.
        """
        ready = {n: one for n, one in enumerate(decodings) if one is not None and one.column is not None and not one.ended}
        joined = any(isinstance(one.cache, TableRows) for one in ready.values())
        found: list[Hidden | None] = [None] * len(decodings)
        if self._able and (len(ready) > 1 or joined):
            for n, states in zip(ready, self._pass(list(ready.values())), strict=True):
                found[n] = states
        return found

    @torch.inference_mode()
    def _pass(self, decodings: Sequence[Stepped]) -> list[Hidden]:
        for one in decodings:
            if not isinstance(one.cache, TableRows):
                one.cache = self._tables.take_in(one.cache)
        columns = torch.cat([one.column for one in decodings if one.column is not None])  # [R, K]
        rows = [row for one in decodings for row in one.cache.rows]
        mask, positions = self._tables.choose(rows)
        device = self._model.device
        embeds = self._model.embed(columns[:, :, None].to(device))  # [R, 1, D]
        hidden = self._model.backbone(embeds, self._tables, mask.to(device), positions.to(device))
        self._tables.advance()
        counts = [len(one.cache.rows) for one in decodings]
        return [Hidden(*pair) for pair in zip(*(states.split(counts) for states in hidden), strict=True)]


class TableRows:
    """A decoding's rows of the tables, in place of a cache of its own. They are free again when it is forgotten."""

    def __init__(self, tables: "Tables", rows: list[int]) -> None:
        self.rows, self._tables = rows, tables
        weakref.finalize(self, tables.free, rows)

    def batch_select_indices(self, kept: Tensor) -> None:
        """Keeps those of the rows, as a cache does; one that is wanted twice is copied."""
        chosen = [self.rows[index] for index in kept.tolist()]
        self._tables.free(set(self.rows) - set(chosen))
        again = [row in chosen[:place] for place, row in enumerate(chosen)]
        self.rows[:] = [self._tables.copy(row) if is_copy else row for row, is_copy in zip(chosen, again, strict=True)]


class Tables(Cache):
    """Keys and values of rows that have pasts of different lengths. `choose` says which ones the next pass is about."""

    def __init__(self) -> None:
        super().__init__(layers=[])
        self._layers: list[_Table] = []
        self._lengths: list[int] = []  # by table row
        self._free: list[int] = []
        self.chosen = self.at = torch.zeros(0, dtype=torch.long)  # [R] the rows of this pass, and where it writes
        self.longest = 0  # steps of the longest of them, this pass included

    def take_in(self, cache: Cache | Past) -> TableRows:
        """The rows of a cache, copied."""
        layers = [layer for layer in cache.layers if isinstance(layer, DynamicLayer | PastLayer)]
        pasts = [(layer.keys, layer.values) for layer in layers if layer.keys is not None and layer.values is not None]
        assert len(pasts) == len(cache.layers) > 0, "only whole pasts that have begun can be shared"
        count, _, length, _ = pasts[0][0].shape  # [R, H, S, D]
        rows = [self._new_row() for _ in range(count)]
        if not self.layers:
            self._layers = [_Table(self) for _ in pasts]
            self.layers = list(self._layers)
        for table, (keys, values) in zip(self._layers, pasts, strict=True):
            table.put(rows, keys, values, len(self._lengths))
        for row in rows:
            self._lengths[row] = length
        return TableRows(self, rows)

    def _new_row(self) -> int:
        if self._free:
            return self._free.pop()
        self._lengths.append(0)
        return len(self._lengths) - 1

    def copy(self, row: int) -> int:
        """A new row with the same past."""
        new, length = self._new_row(), self._lengths[row]
        for table in self._layers:
            table.copy(row, new, length, len(self._lengths))
        self._lengths[new] = length
        return new

    def free(self, rows: Iterable[int]) -> None:
        """Nobody needs these rows any more."""
        self._free += rows

    def choose(self, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Readies a pass of one step: its mask [R, longest] (1 = seen) and positions [R, 1]."""
        lengths = torch.tensor([self._lengths[row] for row in rows])  # [R]
        self.chosen, self.at, self.longest = torch.tensor(rows), lengths, int(lengths.max()) + 1
        mask = torch.arange(self.longest) <= lengths[:, None]
        return mask.long(), lengths[:, None]

    def advance(self) -> None:
        """The pass is done."""
        for row in self.chosen.tolist():
            self._lengths[row] += 1


class _Table(CacheLayerMixin):
    """One layer's keys and values [N, H, C, D]."""

    is_sliding = False

    def __init__(self, tables: Tables) -> None:
        super().__init__()
        self._tables = tables
        self._past: tuple[Tensor, ...] = ()  # keys, values

    def lazy_initialization(self, key_states: Tensor, value_states: Tensor) -> None:
        """Tables without room; what the first rows need is made when they come."""
        self._past = (key_states[:0, :, :0], value_states[:0, :, :0])
        self.is_initialized = True

    def put(self, rows: Sequence[int], keys: Tensor, values: Tensor, num_rows: int) -> None:
        """The pasts [R, H, S, D] of new rows, of `num_rows` that there are."""
        if not self.is_initialized:
            self.lazy_initialization(keys, values)
        self._make_room(num_rows, keys.shape[2])
        for table, given in zip(self._past, (keys, values), strict=True):
            table[rows, :, : given.shape[2]] = given

    def copy(self, row: int, new: int, num_steps: int, num_rows: int) -> None:
        """The past of one row in another, of `num_rows` that there are."""
        self._make_room(num_rows, num_steps)
        for table in self._past:
            table[new, :, :num_steps] = table[row, :, :num_steps]

    def update(self, key_states: Tensor, value_states: Tensor, *args: object, **kwargs: object) -> tuple[Tensor, Tensor]:
        """Writes one step [R, H, 1, D] of the chosen rows; their keys and values [R, H, longest, D]."""
        tables = self._tables
        self._make_room(0, tables.longest)
        rows, at = tables.chosen.to(key_states.device), tables.at.to(key_states.device)
        for table, given in zip(self._past, (key_states, value_states), strict=True):
            table[rows, :, at] = given[:, :, 0]
        keys, values = (table[rows, :, : tables.longest] for table in self._past)
        return keys, values

    def _make_room(self, num_rows: int, num_steps: int) -> None:
        """Doubles what is too small."""
        have_rows, _, have_steps, _ = self._past[0].shape
        rows = have_rows if num_rows <= have_rows else max(num_rows, 2 * have_rows)
        steps = have_steps if num_steps <= have_steps else max(num_steps, 2 * have_steps)
        if (rows, steps) != (have_rows, have_steps):
            self._past = tuple(_grown(table, rows, steps) for table in self._past)

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """See transformers: how long the keys are in this pass, and where they begin."""
        return self._tables.longest, 0

    def get_seq_length(self) -> int:
        """What the longest of the chosen rows has seen before this pass."""
        return self._tables.longest - 1

    def get_max_length(self) -> int:
        """No limit."""
        return -1


def _grown(table: Tensor, rows: int, steps: int) -> Tensor:
    larger = table.new_zeros(rows, table.shape[1], steps, table.shape[3])
    larger[: table.shape[0], :, : table.shape[2]] = table
    return larger
