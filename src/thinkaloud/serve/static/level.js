/**
 * SpeechLevel: how loud a sound must be to count as speech, for the line in the meter. It follows the rule of the server's
 * energy detector: the noise floor, a margin over it, and a slope around it for thresholds other than one half. A detector
 * that knows speech by its sound (Silero) decides better than a line can show; for it the line is a guide.
 */

const FLOOR_FRAMES = 100; // of 40 ms: the floor is the quietest of the last 4 s
const QUIET_DB = -60; // the floor is never below
const MARGIN_DB = 12;
const SLOPE_DB = 2;

export const METER_DB = { least: -60, most: 0 };

export class SpeechLevel {
  #recent = [];

  /** One frame's loudness. */
  push(levelDb) {
    this.#recent = [...this.#recent, levelDb].slice(-FLOOR_FRAMES);
  }

  get floorDb() {
    return Math.max(QUIET_DB, Math.min(...this.#recent, METER_DB.most));
  }

  /** The loudness that a threshold between 0 and 1 stands for now. */
  thresholdDb(threshold) {
    return this.floorDb + MARGIN_DB + SLOPE_DB * Math.log(threshold / (1 - threshold));
  }
}

/** Where a loudness stands in the meter, 0..1. */
export function meterFraction(levelDb) {
  return Math.max(0, Math.min(1, (levelDb - METER_DB.least) / (METER_DB.most - METER_DB.least)));
}
