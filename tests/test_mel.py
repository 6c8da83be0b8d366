"""The mel scale and its filters are those of transformers, for every spectrum that a part of ours reads."""

import numpy as np
import pytest
from transformers import audio_utils

from thinkaloud.mel import hertz_to_mel, mel_filters, mel_to_hertz, top_mels


def test_the_scale_is_slaneys():
    hertz = np.linspace(0.0, 12_000.0, 2401)
    np.testing.assert_allclose(hertz_to_mel(hertz), audio_utils.hertz_to_mel(hertz.copy(), "slaney"), atol=1e-12)
    np.testing.assert_allclose(mel_to_hertz(hertz_to_mel(hertz)), hertz, atol=1e-8)
    assert top_mels(2000) == 15.0


@pytest.mark.parametrize(
    ("num_bins", "num_mels", "rate"), [(257, 80, 16_000), (321, 80, 16_000), (65, 21, 16_000), (513, 80, 24_000)]
)
def test_the_filters_are_theirs(num_bins, num_mels, rate):
    wanted = audio_utils.mel_filter_bank(num_bins, num_mels, 0.0, rate / 2, rate, norm="slaney", mel_scale="slaney")
    np.testing.assert_allclose(mel_filters(num_bins, num_mels, rate), wanted, atol=1e-12)
