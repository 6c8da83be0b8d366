"""The pocket recipe from a corpus to a model that answers: tiny sizes, real code."""

import json
import random
import re
import shutil

import pytest
import torch
from pocket_corpus_made import make

from thinkaloud import cli, recipes
from thinkaloud.data import domain
from thinkaloud.data.domain import letters, spelling
from thinkaloud.data.domain.spelled import SPELLED_WORDS
from thinkaloud.data.encoded import Encoded
from thinkaloud.data.heard import HeardRecordings
from thinkaloud.data.pocket_turns import SpokenAnswers, SpokenTurns, WrittenTurns
from thinkaloud.data.said import say_codes
from thinkaloud.data.samples import Sample, Utterance
from thinkaloud.data.tasks import Laying, Scoring, hearer
from thinkaloud.evaluate.batch import Asked, answer_all
from thinkaloud.generate.answer import Answer, AnswerOptions
from thinkaloud.generate.ask import Question
from thinkaloud.generate.loop import DecodeOptions
from thinkaloud.layout.prompt import A1A2, A1T2, T1A2, TTS
from thinkaloud.model import SpeechLM
from thinkaloud.recipes import pocket
from thinkaloud.recipes.pocket import PocketStart
from thinkaloud.train.feed import laying_of
from thinkaloud.train.pocket_codec import said_clips
from thinkaloud.train.trainer import train

SIZES = {"hidden_dim": 64, "num_layers": 1, "mlp_dim": 64, "batch_size": 4, "speak_steps": 3, "converse_steps": 3}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pocket")
    make(folder)
    return folder


@pytest.fixture(scope="module")
def model(root):
    few = tuple(sorted({*"abcdefghijklmnopqrstuvwxyz.,:?'", "hello", "what", "is", "my", "name"}))
    patch = pytest.MonkeyPatch()
    patch.setattr(pocket.domain, "words", lambda: few)
    checks = {f"stages.{stage}.validation.num_samples": "24" for stage in (0, 1)}
    pools = {f"stages.{stage}.pool_steps": "2" for stage in (0, 1)}
    sizes = {name: str(value) for name, value in SIZES.items()}
    recipe = recipes.load("pocket", {"root": str(root), **sizes, **checks, **pools})
    train(recipe, root / "run", cpu=True)
    patch.undo()
    return SpeechLM.load(root / "run" / "model")


def test_both_stages_run_and_the_model_answers(model):
    heard = torch.randn(9, model.config.listener_dim)
    answer = Answer(model, Question(heard=heard), options=AnswerOptions(decode=DecodeOptions(max_steps=12)))
    while not answer.done:
        answer.step()
    assert answer.text or answer.done
    assert model.ctc is not None, "the head that the listener was trained with comes along"


def test_every_stream_is_scored_on_samples_that_were_not_taught(model, root):
    lines = [json.loads(line) for line in (root / "run" / "log.jsonl").read_text().splitlines()]
    (last,) = [line["validation"] for line in lines if line["stage"] == "converse" and "validation" in line]
    assert set(last) == {"text", "audio_1", "audio_2", "audio_3", "audio_4", "loss"}
    assert all(set(line.get("faults", {})) <= {"missing_part"} for line in lines)  # an answer that was not recorded


def test_tokenizer_gives_back_the_domain_and_spells_the_unknown(model):
    rng = random.Random(3)
    for intent in domain.intents():
        for turn in domain.generate(rng, intent).turns:
            assert model.tokenizer.decode(model.tokenizer.encode(turn.question)) == turn.question
    assert model.tokenizer.decode(model.tokenizer.encode("What is Flumox?")) == "what is flumox?"


def test_frequent_words_have_one_id_and_rare_ones_one_for_each_pair_of_letters():
    words = pocket.tokenizer()

    def pieces(text):
        return [words.decode([one]) for one in words.encode(text)]

    assert pieces("what is the opposite of seven?") == ["what", "is", "the", "opposite", "of", "seven", "?"]
    assert [piece.removeprefix("##") for piece in pieces("carrots flumox")] == ["ca", "rr", "ot", "s", "fl", "um", "ox"]
    ids = words.encode("you said: carrots, ten.")
    assert [words.words(ids), words.words([])] == [[0, 1, 1, 2, 2, 2, 2, 2, 3, 3], []], "marks belong to the word before"
    assert pieces("seventh") == ["seven", "##th"], "a frequent word that a rare one begins with stays whole"
    rare = [word for word in domain.words() if word.isalpha() and word not in domain.frequent_words()]
    assert sum(len(words.encode(word)) == -(-len(word) // 2) for word in rare) > 0.93 * len(rare)


@pytest.mark.parametrize(
    ("typed", "spoken"),
    [
        ("What is 7 + 12?", "what is seven plus twelve?"),
        ("20-4", "twenty minus four"),
        ("9*8 or 9 x 8", "nine times eight or nine times eight"),
        ("count from 3 to 10.", "count from three to ten."),
        ("repeat 5 3 1 and 531.", "repeat five three one and five three one."),
        ("it is 12:30, not 7:00", "it is twelve thirty, not seven o'clock"),
        ("100 years", "one hundred years"),
        ("What’s your favourite colour?", "what's your favorite color?"),
        ("a greyhound is grey", "a greyhound is gray"),
    ],
)
def test_what_is_typed_is_read_as_it_is_said(typed, spoken):
    shipped = SpeechLM.load("pocket", parts=()).need("tokenizer")
    for words in (pocket.tokenizer(), shipped):
        assert words.encode(typed) == words.encode(spoken)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("how do you spell twenty?", "tw|##en|##ty"),
        ("Okay, spell the word Thousand.", "th|##ou|##sa|##nd"),
        ("how is number spelled, please?", "nu|##mb|##er"),
        ("could you spell out the word number?", "nu|##mb|##er"),
        ("how does the word number begin?", "nu|##mb|##er"),
        ("number has how many letters?", "nu|##mb|##er"),
        ("how many letters does twenty have?", "tw|##en|##ty"),
        ("what is the last letter of twenty?", "tw|##en|##ty"),
        ("t w e n t y spells twenty.", "tw|##en|##ty"),
        ("twenty has six letters.", "tw|##en|##ty"),
        ("what is the second letter of the alphabet?", "of|the|alphabet"),
        ("twenty and thirty.", "twenty|and|thirty"),
        ("how do you say twenty?", "say|twenty"),
        ("can you spell words?", "spell|words|?"),
        ("twenty, how do you spell it?", "tw|##en|##ty"),
        ("i have forgotten how twenty is spelled.", "tw|##en|##ty"),
        ("write down three four.", "three|four"),
        ("what does the word twenty mean?", "word|twenty"),
        ("what letter is right after v?", "right|after|v"),
    ],
)
def test_a_word_is_pairs_of_letters_where_letters_are_spoken_of(text, spelled):
    words = pocket.tokenizer()
    pieces = [words.decode([one]) for one in words.encode(text)]
    assert spelled in "|".join(pieces)
    assert words.decode(words.encode(text)) == text.lower()


def test_with_timed_text_words_stand_where_they_are_said(root):
    recipe = recipes.load("pocket", {"root": str(root), "speak_steps": "1", "converse_steps": "1"})
    model = recipe.start.build()
    assert model.layout.timed_text and [stream.delay_steps for stream in model.streams] == [0, 3, 4, 5, 6]
    laying = Laying(layout=model.layout, tokenizer=model.tokenizer, hear=hearer(16000, int, int))
    sample = recipe.stages[0].data[0].data.build().draw(3, 0)
    row = laying.lay(sample, TTS).ids[0]
    pad, begin = model.streams[0].pad, int((row == model.streams[0].id("tts")).nonzero()) + 1
    ids = model.tokenizer.encode(sample.answer.text)
    said = row[begin : begin + 2 * len(ids)].tolist()
    assert [token for token in said if token != pad][: len(ids)] == ids and pad in said, "its words are two frames long"
    plain = recipes.load("pocket", {"root": str(root), "timed_text": "false"}).start.build()
    assert [stream.delay_steps for stream in plain.streams] == [0, 1, 2, 3, 4]


def test_it_learns_to_write_down_what_people_read(root):
    for split, text in (("train", "we call it bear."), ("test", "is it warm?")):
        part = pocket.hearing(str(root), split)[1]
        assert part.tasks == {"asr": 1.0} and part.data.features == f"{root}/heard/readings"
        assert {part.data.build().draw(n, 0).question.text for n in range(6)} == {text}


def test_of_readings_of_which_none_are_for_the_test_it_learns_all_the_same(root, tmp_path):
    for part in ("questions", "said", "people", "nonspeech"):
        (tmp_path / "heard").mkdir(exist_ok=True)
        (tmp_path / "heard" / part).symlink_to(root / "heard" / part)
    for part in ("codes", "corpus"):
        (tmp_path / part).symlink_to(root / part)
    readings = tmp_path / "heard" / "readings"
    shutil.copytree(root / "heard" / "readings", readings)
    rows = (readings / "index-0.jsonl").read_text().splitlines(keepends=True)
    (readings / "index-0.jsonl").write_text("".join(row for row in rows if '"split": "train"' in row))
    number = {split: len(pocket.hearing(str(tmp_path), split)) for split in ("train", "test")}
    assert number == {"train": 8, "test": 7}
    for split in number:
        assert all(part.data.build().draw(0, 0).key for part in pocket.hearing(str(tmp_path), split))


def test_it_learns_to_write_down_its_own_voice(root):
    part = pocket.hearing(str(root), "test")[0]
    assert part.tasks == {"asr": 1.0} and part.data.features == f"{root}/heard/said"
    texts = {row["text"] for row in Encoded(root / "codes").rows if row["split"] == "test"}
    source = part.data.build()
    for n in range(6):
        sample = source.draw(n, 0)
        assert sample.question.text in texts and sample.question.features is not None and not sample.answer.text


@torch.no_grad()
def test_what_the_model_says_of_the_answers_is_there_for_the_decoder(model, root):
    laying, recorded = laying_of(model, Scoring(), 400), Encoded(root / "codes")
    count = say_codes(model, laying, recorded, root / "said", batch=4)
    said, originals = Encoded(root / "said"), {row["id"]: row for row in recorded.rows}
    assert count == len(said) == sum(row["split"] == "train" for row in recorded.rows)
    assert all(said.codes(row).shape == recorded.codes(originals[row["id"]]).shape for row in said.rows)
    row = said.rows[-1]
    words, codes = Utterance(text=row["text"]), recorded.codes(originals[row["id"]])
    answer = Utterance(text=row["text"], codes=codes, starts=tuple(row["starts"]))
    ids = laying.lay(Sample(key="", question=words, answer=answer), TTS).ids[None]
    with torch.autocast("cpu", torch.bfloat16):
        chances = model.head.logits(model.backbone(model.embed(ids)))
    begin = int((ids[0, 0] == model.streams[0].id("tts")).nonzero())
    for k, stream in enumerate(model.streams[1:]):
        first = begin + stream.delay_steps  # the step that foretells the row's first frame
        alone = chances[k][0, first : first + row["frames"], : stream.size].argmax(dim=-1)
        assert said.codes(row)[k].tolist() == alone.tolist()
    clips = said_clips(root / "corpus", root / "said")
    assert clips.codes.shape[1] * 1280 == len(clips.samples) and len(clips.starts) == count


@pytest.mark.parametrize("split", ["train", "test"])
def test_sources_draw_only_their_split_and_the_same_sample_again(root, split):
    codes = str(root / "codes")
    turns = SpokenTurns(
        corpus=str(root / "corpus"),
        codes=codes,
        features=str(root / "heard" / "questions"),
        people=str(root / "heard" / "people"),
        nonspeech=str(root / "heard" / "nonspeech"),
        split=split,
    )
    written = WrittenTurns(codes=codes, corpus=str(root / "corpus"), split=split)
    for config in (turns, SpokenAnswers(codes=codes, split=split), written):
        source, again = config.build(), config.build()
        keys = [source.draw(n, 0).key for n in range(60)]
        assert keys == [again.draw(n, 0).key for n in range(60)]
        numbers = {int(key[1:]) for key in keys if key[0] == "d"}
        assert all((number % 3 == 0) == (split == "test") for number in numbers)
    sample = WrittenTurns(split=split).build().draw(3, 0)
    assert sample.answer.text and sample.answer.codes is None


def test_sources_of_a_folder_share_what_they_read_of_it_until_more_is_written(root, tmp_path):
    codes = shutil.copytree(root / "codes", tmp_path / "codes")
    rows = (codes / "index.jsonl").read_text().splitlines(keepends=True)
    (codes / "index.jsonl").write_text("".join(rows[:-1]))
    config = SpokenAnswers(codes=str(codes))
    first, second = config.build()._encoded, config.replace(shares={"spell": 2.0}).build()._encoded
    assert first is second and len(first) == len(rows) - 1
    (codes / "index.jsonl").write_text("".join(rows))
    assert len(config.build()._encoded) == len(rows) and len(first) == len(rows) - 1


def test_spoken_turns_keep_history_ignore_sounds_and_demand_codes(root):
    config = SpokenTurns(
        corpus=str(root / "corpus"),
        codes=str(root / "codes"),
        features=str(root / "heard" / "questions"),
        people=str(root / "heard" / "people"),
        nonspeech=str(root / "heard" / "nonspeech"),
        nonspeech_share=0.3,
        must_speak=True,
    )
    source = config.build()
    samples = [source.draw(n, 1) for n in range(200)]
    ignored = [sample for sample in samples if sample.ignore]
    assert 30 < len(ignored) < 90 and all(not sample.answer.text for sample in ignored)
    spoken = [sample for sample in samples if not sample.ignore]
    assert all(sample.answer.codes is not None and sample.question.features is not None for sample in spoken)
    assert any(sample.history for sample in spoken)


def test_turns_alone_have_no_history_and_all_are_drawn(root):
    config = SpokenTurns(corpus=str(root / "corpus"), codes=str(root / "codes"), features=str(root / "heard" / "questions"))
    whole, alone = config.build(), config.replace(alone=True).build()
    samples = [alone.draw(n, 1) for n in range(80)]
    assert not any(sample.history for sample in samples)
    first_turns = {turn.question.text for n in range(80) for turn in whole.draw(n, 1).history}
    assert first_turns and first_turns & {sample.question.text for sample in samples}


def test_written_turns_of_a_corpus_are_its_dialogues_with_codes(root):
    lines = (root / "corpus" / "dialogues.jsonl").read_text().splitlines()
    known = {turn["question"] for line in lines for turn in json.loads(line)["turns"]}
    source = WrittenTurns(codes=str(root / "codes"), corpus=str(root / "corpus")).build()
    samples = [source.draw(n, 0) for n in range(40)]
    assert all(sample.question.text in known and sample.answer.spoken for sample in samples)
    assert not any(sample.question.heard for sample in samples)


def test_answers_kept_for_the_test_are_not_said_in_training(root):
    codes = root / "codes"
    kept = {row["text"] for row in Encoded(codes).rows if row["split"] == "test"}
    sources = [WrittenTurns(codes=str(codes)).build(), WrittenTurns(codes=str(codes), corpus=str(root / "corpus")).build()]
    said = {sample.answer.text for source in sources for n in range(200) if (sample := source.draw(n, 0)).answer.spoken}
    assert kept and said and not kept & said


def test_heard_copies_differ_and_hold_the_listeners_features(root):
    heard = HeardRecordings(root / "heard" / "questions")
    one, two = next(iter(heard.copies.values()))
    assert heard.features(one).shape[1] == heard.dim == 16
    assert heard.features(one).shape != heard.features(two).shape or (heard.features(one) != heard.features(two)).any()


@pytest.mark.parametrize("task", [A1A2, A1T2, T1A2])
def test_answers_in_a_batch_are_those_of_the_plain_loop(model, task):
    torch.manual_seed(5)
    if task.listens:
        questions = [Question(heard=torch.randn(n, model.config.listener_dim)) for n in (4, 11, 23)]
    else:
        questions = [Question(text=text) for text in ("hello", "what is my name", "is hello my name what is")]
    batched = answer_all(model, task, [Asked(question=question) for question in questions], max_steps=20, batch=2)
    for question, said in zip(questions, batched, strict=True):
        plain = Answer(model, question, options=AnswerOptions(task=task, decode=DecodeOptions(max_steps=20)))
        events = []
        while not plain.done:
            events += plain.step()
        assert (said.text, said.reason) == (events[-1].text, events[-1].reason)
        assert said.codes.shape[1] == events[-2].audio_frames


def test_forced_texts_are_batch_parallel_decoding(model):
    torch.manual_seed(6)
    question = Question(heard=torch.randn(14, model.config.listener_dim))
    options = AnswerOptions(decode=DecodeOptions(max_steps=24, batch_parallel=True))
    plain = Answer(model, question, options=options)
    while not plain.done:
        plain.step()
    asked = [Asked(question=question)]
    (thought,) = answer_all(model, A1T2, asked, max_steps=24)
    (said,) = answer_all(model, A1A2, asked, texts=[thought.text_ids], max_steps=24)
    assert said.text == thought.text == plain.text


@pytest.mark.slow
def test_the_whole_evaluation_runs_and_writes_its_figures(model, root, tmp_path, capsys):
    sizes = ["--num", "2", "--per-intent", "2", "--num-answers", "2", "--num-judged", "0"]
    where = ["--model", str(root / "run" / "model"), "--root", str(root), "--out", str(tmp_path), "--run", str(root / "run")]
    with pytest.raises(SystemExit) as ended:
        cli.main(["eval", "pocket", *where, *sizes])
    assert ended.value.code == 0
    figures = json.loads((tmp_path / "pocket.json").read_text())
    assert set(figures) == {"about", "hearing", "answers", "silence", "speech", "streaming"}
    assert figures["answers"]["groups"]["several turns"]["dialogues"] == 2
    assert set(figures["answers"]["intents"]) == {"greeting", "digits", "remember_name"}
    assert {path.name for path in tmp_path.glob("*.png")} == {"pocket_intents.png", "pocket_losses.png", "pocket_spectra.png"}
    assert (tmp_path / "pocket.md").read_text() in capsys.readouterr().out


def test_evaluation_without_a_corpus_says_how_to_make_one(model, root, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["eval", "pocket", "--model", str(root / "run" / "model"), "--root", str(tmp_path)])
    assert ended.value.code == 2 and "thinkaloud prepare pocket" in capsys.readouterr().err


def test_a_missing_part_is_named(tmp_path):
    with pytest.raises(ValueError, match="thinkaloud prepare pocket"):
        recipes.load("pocket", {"root": str(tmp_path)}).start.build()


@pytest.mark.parametrize("word", ["flumox", "twenty"])
def test_the_word_is_found_in_every_wording_that_asks_for_its_letters(word):
    asked = [spelling.SPELL, letters.NUM_LETTERS, letters.FIRST_LETTER, letters.LAST_LETTER]
    found = re.compile(SPELLED_WORDS).finditer
    for question in (wording.format(word) for forms in asked for wording in forms):
        assert word in {group for match in found(question) for group in match.groups()}, question


def test_a_few_intents_alone_and_a_model_to_go_on_from(root):
    with pytest.raises(ValueError, match="no intent nonsense"):
        recipes.load("pocket", {"root": str(root), "intents": "greeting,nonsense"})
    made = recipes.load("pocket", {"root": str(root), "intents": "greeting", "source": "pocket"})
    source = made.stages[0].data[-1].data.build()
    drawn = [source.draw(n, 0) for n in range(40)]
    answers = {turn.answer for n in range(500) for turn in domain.generate(random.Random(n), "greeting").turns}
    assert {sample.answer.text for sample in drawn} <= answers
    bare = sum(sample.question.text[-1] not in ".?" for sample in drawn)
    assert 0 < bare < len(drawn) / 2, "some are typed without the last mark"
    assert isinstance(made.start, PocketStart) and made.start.source == "pocket"


def test_delays_are_those_asked_for_or_refused(root):
    start = PocketStart(codec=str(root / "codec"), listener=str(root / "listener"), hidden_dim=64, num_layers=1, mlp_dim=64)
    flat = start.replace(delays=(1, 1, 1, 1)).build()
    assert [stream.delay_steps for stream in flat.streams] == [0, 1, 1, 1, 1]
    with pytest.raises(ValueError, match="expected 4 delays"):
        start.replace(delays=(1, 1)).build()
