"""Text as it comes equals text as a whole, and no half character is ever told."""

import json
import pathlib
import pickle

import pytest
from tokenizers import Tokenizer as Fast
from tokenizers import decoders, models, pre_tokenizers, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

import thinkaloud
from thinkaloud import toy
from thinkaloud.text import TextStream, Tokenizer


def byte_tokenizer() -> Tokenizer:
    """One id a byte: characters beyond ASCII come in several pieces."""
    fast = Fast(models.BPE())
    fast.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    fast.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=256, initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    fast.train_from_iterator([], trainer)
    return Tokenizer(PreTrainedTokenizerFast(tokenizer_object=fast))


@pytest.mark.parametrize("text", ["hello, you.", "", "naïve café", "日本語 and 🙂 done", "a" * 300])
def test_text_as_it_comes_equals_the_whole(text: str) -> None:
    tokenizer = byte_tokenizer()
    stream = TextStream(tokenizer)
    deltas = [stream.push(token_id) for token_id in tokenizer.encode(text)]
    deltas.append(stream.flush())
    assert "".join(deltas) == text == stream.text
    assert not any("\ufffd" in delta for delta in deltas)


def test_broken_bytes_are_told_at_the_end() -> None:
    tokenizer = byte_tokenizer()
    half = tokenizer.encode("é")[:1]
    stream = TextStream(tokenizer)
    assert stream.push(half[0]) == ""
    assert stream.flush() == "\ufffd"


def test_folder_without_a_tokenizer_is_named(tmp_path: object) -> None:
    with pytest.raises(ValueError, match=r"no tokenizer\.json"):
        Tokenizer.load(str(tmp_path))


def test_saved_tokenizer_comes_back(tmp_path: object) -> None:
    toy.tokenizer().save(str(tmp_path))
    assert Tokenizer.load(str(tmp_path)).encode("hi there.") == toy.tokenizer().encode("hi there.")


def test_a_tokenizer_goes_to_other_processes_after_it_was_used():
    words = toy.tokenizer()
    assert words.piece(None, words.encode("a")[0]) == "a"
    again = pickle.loads(pickle.dumps(words))
    assert again.decode(again.encode("hello")) == "hello" and again.piece(*again.encode("ab")) == "b"


def test_a_plain_tokenizer_is_read_as_transformers_reads_it(tmp_path):
    folder = pathlib.Path(thinkaloud.__file__).parent / "models" / "pocket"
    ours, theirs = Tokenizer.load(folder), Tokenizer(AutoTokenizer.from_pretrained(folder))
    texts = ["how do you spell fourteen?", "7+12 is what", "Say: naïve café.", "c a t spells cat.", "", "what's up"]
    for text in texts:
        ids = ours.encode(text)
        assert ids == theirs.encode(text) and ours.decode(ids) == theirs.decode(ids)
    assert len(ours) == len(theirs)
    ours.save(tmp_path / "new")
    assert [Tokenizer.load(tmp_path / "new").encode(text) for text in texts] == [ours.encode(text) for text in texts]
    for name in ("tokenizer.json", "tokenizer_config.json"):
        assert json.loads((tmp_path / "new" / name).read_text()) == json.loads((folder / name).read_text())
