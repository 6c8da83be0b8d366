import pytest
import torch

from thinkaloud.listen.characters import CharacterHeadConfig, least_symbols, spell, symbol_ids
from thinkaloud.listen.pocket import FRAME_SAMPLES, PocketListener, PocketListenerConfig, transcribe_ctc

TINY = PocketListenerConfig(dim=16, num_blocks=2, num_heads=2, kernel_frames=3, chunk_frames=4, past_chunks=3, num_mels=20)


THINKING = TINY.replace(num_noncausal_blocks=2)


def made(config: PocketListenerConfig) -> PocketListener:
    torch.manual_seed(0)
    return config.build().eval().requires_grad_(False)


@pytest.fixture(scope="module", params=[TINY, THINKING], ids=["causal", "thinking it over"])
def listener(request: pytest.FixtureRequest) -> PocketListener:
    return made(request.param)


def sound(num_samples: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(num_samples, generator=torch.Generator().manual_seed(seed)) * 0.1


def streamed(listener: PocketListener, audio: torch.Tensor, sizes: list[int]) -> torch.Tensor:
    stream, parts, at = listener.stream(), [], 0
    while at < len(audio):
        for size in sizes:
            parts.append(stream.push(audio[at : at + size]))
            at += size
    return torch.cat([*parts, stream.flush()], dim=1)


@pytest.mark.parametrize("sizes", [[16], [160], [2560], [16000], [7, 3001, 1, 641, 12000]], ids=str)
@pytest.mark.parametrize("num_samples", [1, 2560, 2561, 40000])
def test_a_stream_equals_its_whole(listener, sizes, num_samples):
    audio = sound(num_samples)
    whole = listener.listen(audio[None]).embeds.detach()
    torch.testing.assert_close(streamed(listener, audio, sizes), whole, atol=1e-4, rtol=0)


def test_long_audio_is_heard_in_segments_that_change_nothing(listener, monkeypatch):
    audio = sound(60000)[None]
    whole = listener.listen(audio).embeds
    monkeypatch.setattr("thinkaloud.listen.pocket._SEGMENT_CHUNKS", 2)
    torch.testing.assert_close(listener.listen(audio).embeds, whole, atol=1e-4, rtol=0)
    ragged = listener.listen(audio.repeat(2, 1), torch.tensor([9000, 60000])).embeds
    torch.testing.assert_close(ragged[1:], whole, atol=1e-4, rtol=0)
    torch.testing.assert_close(ragged[:1, :15], listener.listen(audio[:, :9000]).embeds, atol=1e-4, rtol=0)


def test_what_a_stream_remembers_is_bounded(listener):
    stream = listener.stream()
    for _ in range(5):
        stream.push(sound(listener.chunk_samples * 4))
    assert {past.keys.shape[2] for past in stream._past.blocks} == {TINY.kept_frames}


def test_num_frames_is_exact(listener):
    for num_samples in (0, 1, 639, 640, 641, 2560, 9999):
        heard = listener.listen(torch.zeros(1, num_samples))
        assert heard.embeds.shape == (1, listener.num_frames(num_samples), listener.dim)
        assert heard.lengths.tolist() == [listener.num_frames(num_samples)]
    assert listener.frame_rate == 25.0


def test_padded_rows_equal_single_utterances(listener):
    lengths = torch.tensor([700, 12000, 5121])
    batch = torch.stack([sound(12000, seed) for seed in range(3)])  # what lies behind the lengths is not silence
    heard = listener.listen(batch, lengths)
    for row, length in enumerate(lengths.tolist()):
        alone = listener.listen(batch[row : row + 1, :length]).embeds
        torch.testing.assert_close(heard.embeds[row : row + 1, : alone.shape[1]], alone, atol=1e-4, rtol=0)
        assert heard.embeds[row, alone.shape[1] :].abs().sum() == 0


def test_later_samples_never_change_earlier_chunks():
    listener, audio = made(TINY), sound(20 * FRAME_SAMPLES)
    changed = audio.clone()
    changed[12 * FRAME_SAMPLES :] = 1.0
    before, after = listener.listen(audio[None]).embeds, listener.listen(changed[None]).embeds
    assert torch.equal(before[:, :12], after[:, :12])
    assert not torch.equal(before[:, 12:], after[:, 12:])


def test_what_comes_later_is_thought_of_as_far_as_it_reaches():
    listener, audio = made(THINKING), sound(60 * FRAME_SAMPLES)
    changed, at = audio.clone(), 56
    changed[at * FRAME_SAMPLES :] = 1.0
    reach = THINKING.num_noncausal_blocks * (TINY.kept_frames + TINY.kernel_frames)
    before, after = listener.listen(audio[None]).embeds, listener.listen(changed[None]).embeds
    assert torch.allclose(before[:, : at - reach], after[:, : at - reach], atol=1e-5)
    assert not torch.allclose(before[:, at - TINY.kept_frames], after[:, at - TINY.kept_frames], atol=1e-3)
    heard = listener.stream()
    assert heard.push(audio).shape[1] == 0, "nothing is final before the turn is over"


def test_attention_looks_no_further_back_than_its_past():
    listener, audio = made(TINY), sound(60 * FRAME_SAMPLES)
    reach = TINY.num_blocks * ((TINY.past_chunks + 1) * TINY.chunk_frames + TINY.kernel_frames) + 3
    forgotten = audio.clone()
    forgotten[: (60 - reach) * FRAME_SAMPLES] = 0.5
    before, after = listener.listen(audio[None]).embeds, listener.listen(forgotten[None]).embeds
    assert torch.allclose(before[:, -1], after[:, -1], atol=1e-5)
    assert not torch.allclose(before[:, -reach], after[:, -reach], atol=1e-2)


def test_loudness_reaches_the_features(listener):
    audio = sound(6400)[None]
    assert not torch.allclose(listener.listen(audio).embeds, listener.listen(audio * 0.01).embeds, atol=1e-2)


def test_a_low_floor_lets_quiet_speech_be_heard_as_loud_one_is():
    torch.manual_seed(0)
    speech = torch.randn(1, 16000) * torch.hann_window(16000) ** 4 + 0.02 * torch.randn(1, 16000)  # loud and quiet moments
    quiet = 10 ** (-30 / 20)
    spread = {}
    for floor in (1e-5, 1e-8):
        mel = PocketListenerConfig(mel_floor=floor).build().mel
        before = torch.zeros(1, 240)
        change = mel(speech, before)[0] - mel(quiet * speech, before)[0]  # the same everywhere, were there no floor
        spread[floor] = float(change.max() - change.min())
    assert spread[1e-8] < 0.2 < 1.0 < spread[1e-5], spread
    with pytest.raises(ValueError, match="above 0"):
        PocketListenerConfig(mel_floor=0.0)


def test_bad_audio_is_refused(listener):
    with pytest.raises(ValueError, match=r"float samples \[B, N\]"):
        listener.listen(torch.zeros(10))
    with pytest.raises(ValueError, match="do not fit"):
        listener.listen(torch.zeros(1, 10), torch.tensor([11]))
    with pytest.raises(ValueError, match="one conversation"):
        listener.stream().push(torch.zeros(1, 10))
    with pytest.raises(ValueError, match="num_noncausal_blocks"):
        PocketListenerConfig(num_noncausal_blocks=-1)
    with pytest.raises(ValueError, match="heads"):
        PocketListenerConfig(dim=10, num_heads=3)


def test_config_survives_json():
    assert PocketListenerConfig.from_json(TINY.to_json()) == TINY


def test_texts_become_what_can_be_spelt():
    assert spell("What's  'two', times 3?") == "what's two times"
    assert symbol_ids("a b") == [3, 1, 4]
    assert least_symbols(symbol_ids("hello")) == 6


def test_greedy_texts_merge_repeats_skip_blanks_and_keep_the_delay_silent():
    head = CharacterHeadConfig(dim=4, delay_frames=1, symbols_per_frame=2).build()
    ids = torch.tensor([[3, 4, 0, 3, 3, 0, 3, 1, 4, 4, 5, 5]])
    log_probs = torch.nn.functional.one_hot(ids, 29).float()
    assert head.texts(log_probs, torch.tensor([5])) == ["aa b"]


def test_transcribe_gives_one_text_a_row(listener):
    head = CharacterHeadConfig(dim=16).build()
    texts = transcribe_ctc(listener, head, torch.stack([sound(16000), sound(16000, 2)]), torch.tensor([16000, 8000]))
    assert len(texts) == 2 and all(set(text) <= set(" 'abcdefghijklmnopqrstuvwxyz") for text in texts)


def test_the_shipped_size_fits():
    sizes = {blocks: PocketListenerConfig(num_noncausal_blocks=blocks).build() for blocks in (0, 4)}
    parameters = {blocks: sum(p.numel() for p in made.parameters()) for blocks, made in sizes.items()}
    assert parameters[0] <= 4.5e6 and parameters[4] <= 7e6
