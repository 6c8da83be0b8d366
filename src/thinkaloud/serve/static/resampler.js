/**
 * Resampler: a stream of samples at one rate in, the same sound at another rate out.
 *
 * Output n is a Kaiser-windowed sinc over the input around position n * down / up. Positions are whole numbers of
 * 1/up, so no rounding error grows and every way of cutting the input gives the same output:
 *
 *     in    |   |   |   |   |   |   |   |        48 kHz -> 24 kHz: up 1, down 2
 *     out   |       |       |       |            44.1 kHz -> 24 kHz: up 80, down 147
 */

const ZERO_CROSSINGS = 16; // of the sinc on each side: a sharper edge for more work
const ROLLOFF = 0.94; // the pass band's edge, as a part of the lower Nyquist rate
const KAISER_BETA = 9; // about 90 dB below the pass band

export class Resampler {
  #up;
  #down;
  #half; // taps on each side of an output
  #cutoff;
  #phases = new Map();
  #held = new Float32Array(0); // input that later outputs still need
  #heldStart = 0; // where `held` begins, in input samples
  #numIn = 0;
  #numOut = 0;

  constructor(fromHz, toHz) {
    if (!(Number.isInteger(fromHz) && Number.isInteger(toHz) && fromHz > 0 && toHz > 0)) {
      throw new RangeError(`expected two whole rates in Hz, got ${fromHz} and ${toHz}`);
    }
    const divisor = greatestCommonDivisor(fromHz, toHz);
    this.#up = toHz / divisor;
    this.#down = fromHz / divisor;
    this.#cutoff = ROLLOFF * Math.min(1, toHz / fromHz);
    this.#half = Math.ceil(ZERO_CROSSINGS / this.#cutoff);
  }

  /** The output that is certain once these input samples are known. */
  push(samples) {
    if (this.#up === this.#down) return samples.slice();
    this.#hold(samples);
    this.#numIn += samples.length;
    const ready = (this.#numIn - this.#half) * this.#up; // position up to which every tap is known
    return this.#produce(Math.max(this.#numOut, Math.ceil(ready / this.#down)));
  }

  /** The rest of the output, as if silence followed; then the resampler is as new. */
  flush() {
    if (this.#up === this.#down) return new Float32Array(0);
    const total = Math.ceil((this.#numIn * this.#up) / this.#down);
    this.#hold(new Float32Array(this.#half + 1));
    const rest = this.#produce(total);
    this.#held = new Float32Array(0);
    this.#heldStart = this.#numIn = this.#numOut = 0;
    return rest;
  }

  #hold(samples) {
    const held = new Float32Array(this.#held.length + samples.length);
    held.set(this.#held);
    held.set(samples, this.#held.length);
    this.#held = held;
  }

  #produce(end) {
    const out = new Float32Array(end - this.#numOut);
    for (let i = 0; i < out.length; i++) out[i] = this.#at((this.#numOut + i) * this.#down);
    this.#numOut = end;
    const needed = Math.floor((end * this.#down) / this.#up) - this.#half + 1;
    const drop = Math.min(this.#held.length, Math.max(0, needed - this.#heldStart));
    this.#held = this.#held.slice(drop);
    this.#heldStart += drop;
    return out;
  }

  /** The value at a position counted in 1/up of an input sample. */
  #at(position) {
    const phase = position % this.#up;
    const taps = this.#taps(phase);
    const first = (position - phase) / this.#up - this.#half + 1 - this.#heldStart;
    let sum = 0;
    for (let k = Math.max(0, -first); k < taps.length; k++) sum += taps[k] * this.#held[first + k];
    return sum;
  }

  #taps(phase) {
    let taps = this.#phases.get(phase);
    if (!taps) {
      taps = sincTaps(phase / this.#up, this.#half, this.#cutoff);
      this.#phases.set(phase, taps);
    }
    return taps;
  }
}

/** 2 * half taps around an output that stands `fraction` of a sample after the tap half - 1. They sum to 1. */
function sincTaps(fraction, half, cutoff) {
  const taps = new Float64Array(2 * half);
  let sum = 0;
  for (let k = 0; k < taps.length; k++) {
    const t = k - half + 1 - fraction;
    taps[k] = sinc(cutoff * t) * kaiser(t / half);
    sum += taps[k];
  }
  return taps.map((tap) => tap / sum);
}

function sinc(x) {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x) {
  return Math.abs(x) >= 1 ? 0 : bessel0(KAISER_BETA * Math.sqrt(1 - x * x)) / bessel0(KAISER_BETA);
}

/** The modified Bessel function of order 0, by its power series. */
function bessel0(x) {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a, b) {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
