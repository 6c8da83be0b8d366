"""Text: between words and the ids of the text stream, whole or as they come.

A tokenizer is a folder with `tokenizer.json` (and whatever transformers keeps beside it).
"""

import itertools
import json
import pathlib
import re
from typing import Any

_MOST_PIECES = 1 << 16
_PLAIN_CLASSES = ("TokenizersBackend", "PreTrainedTokenizerFast")  # of transformers: nothing but what tokenizer.json says
_UNFINISHED = "\ufffd"  # what a tokenizer prints for bytes that are not yet a character


class Tokenizer:
    """A Hugging Face tokenizer, reduced to what a text row needs.

    One whose config holds `spelled_words`, a regular expression, gives the words in its groups as their pairs of letters, even
    where there is an id for the whole: from ids of pairs a model can tell the letters of a word that it never learnt to spell.

        how do you say twenty?       how do you say twenty ?
        how do you spell twenty?     how do you spell tw ##en ##ty ?
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._spelled = re.compile(tokenizer.init_kwargs.get("spelled_words") or "(?!)")
        self._pieces: dict[tuple[int | None, int], str] = {}  # those last asked for

    @classmethod
    def load(cls, folder: str | pathlib.Path) -> "Tokenizer":
        """The tokenizer of a local folder."""
        folder = pathlib.Path(folder)
        if not (folder / "tokenizer.json").is_file():
            raise ValueError(f"no tokenizer.json in {folder}; copy the tokenizer files of the model there")
        settings_path = folder / "tokenizer_config.json"
        try:
            settings = json.loads(settings_path.read_text()) if settings_path.is_file() else {}
            if settings.get("tokenizer_class") in _PLAIN_CLASSES and settings.get("clean_up_tokenization_spaces") is False:
                return cls(_Fast(folder, settings))
            from transformers import AutoTokenizer, PreTrainedTokenizerFast

            if settings:
                return cls(AutoTokenizer.from_pretrained(folder))
            return cls(PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json")))
        except Exception as error:  # the tokenizers library raises bare Exception for a file it cannot read
            raise ValueError(f"cannot read the tokenizer in {folder}: {error}") from error

    def __len__(self) -> int:
        return len(self._tokenizer)

    def encode(self, text: str) -> list[int]:
        """Ids of a text, without any special."""
        ids, place = [], 0
        for match in self._spelled.finditer(text):
            group = match.lastindex or 0
            ids += [*self._whole(text[place : match.start(group)]), *self._pairs(match[group])]
            place = match.end(group)
        return [*ids, *self._whole(text[place:])]

    def _whole(self, text: str) -> list[int]:
        return self._tokenizer.encode(text, add_special_tokens=False)

    def _pairs(self, word: str) -> list[int]:
        """A word two letters at a time, "tw ##en ##ty"; one, where there is no id for the two."""
        normalizer = self._tokenizer.backend_tokenizer.normalizer
        word, known, ids = normalizer.normalize_str(word) if normalizer else word, self._tokenizer.backend_tokenizer, []
        while word:
            size = 2 if known.token_to_id(f"##{word[:2]}" if ids else word[:2]) is not None else 1
            piece, word = word[:size], word[size:]
            ids += self._tokenizer.convert_tokens_to_ids([f"##{piece}" if ids else piece])
        return ids

    def decode(self, ids: list[int]) -> str:
        """The text of ids."""
        return self._tokenizer.decode(ids, skip_special_tokens=True)

    def piece(self, before: int | None, token_id: int) -> str:
        """What an id adds to a text that ends with the id `before` (None: that is empty): it may begin with a space."""
        if (found := self._pieces.get((before, token_id))) is None:
            start = [] if before is None else [before]
            found = self.decode([*start, token_id])[len(self.decode(start)) :]
            if len(self._pieces) >= _MOST_PIECES:
                self._pieces.clear()
            self._pieces[before, token_id] = found
        return found

    def words(self, ids: list[int]) -> list[int]:
        """The number of the word, split at spaces, to which each id belongs."""
        pieces = [self.piece(before, token_id) for before, token_id in zip([None, *ids], ids, strict=False)]
        numbers = itertools.accumulate(piece[:1].isspace() for piece in pieces[1:])
        return [0, *numbers][: len(ids)]

    def save(self, folder: str | pathlib.Path) -> None:
        """Writes the tokenizer's files."""
        self._tokenizer.save_pretrained(folder)


class _Fast:
    """What a Tokenizer needs of transformers' class for a plain tokenizer.json, without the seconds to import it."""

    def __init__(self, folder: pathlib.Path, settings: dict[str, Any]) -> None:
        from tokenizers import Tokenizer as Backend

        self.init_kwargs = settings
        self.backend_tokenizer = Backend.from_file(str(folder / "tokenizer.json"))

    def __len__(self) -> int:
        return self.backend_tokenizer.get_vocab_size()

    def encode(self, text: str, add_special_tokens: bool) -> list[int]:
        return self.backend_tokenizer.encode(text, add_special_tokens=add_special_tokens).ids

    def decode(self, ids: list[int], skip_special_tokens: bool) -> str:
        return self.backend_tokenizer.decode(ids, skip_special_tokens=skip_special_tokens)

    def convert_tokens_to_ids(self, tokens: list[str]) -> list[int | None]:
        return [self.backend_tokenizer.token_to_id(token) for token in tokens]

    def save_pretrained(self, folder: str | pathlib.Path) -> None:
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        self.backend_tokenizer.save(str(pathlib.Path(folder) / "tokenizer.json"))
        (pathlib.Path(folder) / "tokenizer_config.json").write_text(json.dumps(self.init_kwargs, indent=2) + "\n")


class TextStream:
    """Turns ids into text as they come; a character is told once all of its bytes are known.

    Only the ids since the last text but one are decoded again, so a long answer costs no more a token than a short one.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._told: list[int] = []  # the ids of the last text told: how a token reads depends on the one before
        self._waiting: list[int] = []
        self.text = ""

    def push(self, token_id: int) -> str:
        """The text that this id adds; may be empty."""
        self._waiting.append(token_id)
        return "" if self._decode().endswith(_UNFINISHED) else self.flush()

    def flush(self) -> str:
        """What is still owed at the end."""
        before = self._tokenizer.decode(self._told)
        delta = self._decode()[len(before) :]
        if delta:
            self._told, self._waiting = self._waiting, []
            self.text += delta
        return delta

    def _decode(self) -> str:
        return self._tokenizer.decode([*self._told, *self._waiting])
