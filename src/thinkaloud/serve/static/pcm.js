/** PCM: the one place that knows how sound travels. 24 kHz, mono, 16-bit little endian, base64 inside JSON. */

export const WIRE_HZ = 24000;

const FULL_SCALE = 32768;

/** Float samples (-1..1, clipped) as 16-bit integers. */
export function toPcm16(samples) {
  const pcm = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i++) {
    pcm[i] = Math.max(-FULL_SCALE, Math.min(FULL_SCALE - 1, Math.round(samples[i] * FULL_SCALE)));
  }
  return pcm;
}

/** 16-bit integers as float samples. */
export function fromPcm16(pcm) {
  return Float32Array.from(pcm, (value) => value / FULL_SCALE);
}

/** 16-bit integers as base64 text. */
export function toBase64(pcm) {
  const bytes = new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

/** Base64 text as 16-bit integers; half a sample at the end is dropped. */
export function fromBase64(text) {
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  return new Int16Array(bytes.buffer, 0, bytes.length >> 1);
}

/** Loudness of float samples in dB below full scale; silence is -100. */
export function levelDb(samples) {
  let energy = 0;
  for (const value of samples) energy += value * value;
  return 10 * Math.log10(energy / Math.max(1, samples.length) + 1e-10);
}

/** How long a number of samples lasts, in ms. */
export function durationMs(numSamples, rateHz = WIRE_HZ) {
  return (1000 * numSamples) / rateHz;
}
