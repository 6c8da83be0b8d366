import assert from "node:assert/strict";
import test from "node:test";

import { Resampler } from "../../../src/thinkaloud/serve/static/resampler.js";

const sine = (hz, rateHz, length) => Float32Array.from({ length }, (_, n) => Math.sin((2 * Math.PI * hz * n) / rateHz));
const rms = (samples) => Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);

function inPieces(samples, fromHz, toHz, sizes) {
  const resampler = new Resampler(fromHz, toHz);
  const out = [];
  for (let at = 0, i = 0; at < samples.length; i++) {
    const size = sizes[i % sizes.length];
    out.push(...resampler.push(samples.subarray(at, at + size)));
    at += size;
  }
  return [...out, ...resampler.flush()];
}

for (const [fromHz, toHz] of [[48000, 24000], [44100, 24000], [16000, 24000], [24000, 48000], [24000, 44100], [8000, 24000]]) {
  test(`${fromHz} -> ${toHz}: a tone stays that tone, in level, pitch and time`, () => {
    const out = inPieces(sine(1000, fromHz, fromHz / 5), fromHz, toHz, [128]);
    assert.equal(out.length, Math.ceil(toHz / 5));
    const expected = sine(1000, toHz, out.length);
    const edge = Math.ceil(toHz / 200); // the window sees silence outside
    for (let n = edge; n < out.length - edge; n++) assert.ok(Math.abs(out[n] - expected[n]) < 1e-3, `sample ${n}: ${out[n]}`);
  });

  test(`${fromHz} -> ${toHz}: every way of cutting the input gives the same output`, () => {
    const noise = Float32Array.from({ length: 3000 }, (_, n) => Math.sin(n * n * 0.37));
    const whole = inPieces(noise, fromHz, toHz, [noise.length]);
    for (const sizes of [[1], [2], [7], [128], [1, 500, 3, 64]]) assert.deepEqual(inPieces(noise, fromHz, toHz, sizes), whole);
  });
}

test("what the lower rate cannot hold is gone, not folded down", () => {
  const out = inPieces(sine(15000, 48000, 9600), 48000, 24000, [128]);
  assert.ok(rms(out.slice(100, -100)) < 1e-3);
});

test("equal rates pass through", () => {
  assert.deepEqual([...new Resampler(24000, 24000).push(Float32Array.of(1, 2, 3))], [1, 2, 3]);
});

test("after a flush it is as new", () => {
  const resampler = new Resampler(48000, 24000);
  const run = () => [...resampler.push(sine(440, 48000, 1000)), ...resampler.flush()];
  assert.deepEqual(run(), run());
});

test("rates that are no rates are refused", () => {
  assert.throws(() => new Resampler(0, 24000), /whole rates/);
  assert.throws(() => new Resampler(44100.5, 24000), /whole rates/);
});
