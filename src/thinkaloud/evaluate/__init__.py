"""Measuring models: parity with published ones, speech, real time, tokenizers."""
