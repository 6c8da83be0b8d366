/**
 * Latency: how long a turn makes the user wait, and where the time goes. Times in ms of one clock, given by the caller.
 *
 *     user stops ---- waitMs ---- turn decided ---- thinkMs ---- first delta ---- playMs ---- first sample heard
 */

const TURNS_KEPT = 24;

export class Latency {
  turns = []; // finished: {endedMs, waitMs, thinkMs, playMs, totalMs}, oldest first
  #turn = null;

  /** The user's turn ended at `endedMs`, and that was known at `decidedMs`. */
  begin(endedMs, decidedMs) {
    this.#turn = { endedMs: Math.min(endedMs, decidedMs), decidedMs, deltaMs: null };
  }

  /** The answer's first delta came. Later ones change nothing. */
  delta(nowMs) {
    if (this.#turn) this.#turn.deltaMs ??= nowMs;
  }

  /** The answer's first sample (or, in a text turn, its first words) reached the user. Returns the finished turn, or null. */
  reached(nowMs) {
    const turn = this.#turn;
    if (!turn || turn.deltaMs === null) return null;
    this.#turn = null;
    const finished = {
      endedMs: turn.endedMs,
      waitMs: turn.decidedMs - turn.endedMs,
      thinkMs: turn.deltaMs - turn.decidedMs,
      playMs: nowMs - turn.deltaMs,
      totalMs: nowMs - turn.endedMs,
    };
    this.turns = [...this.turns, finished].slice(-TURNS_KEPT);
    return finished;
  }

  /** The turn will have no answer that could be measured. */
  abandon() {
    this.#turn = null;
  }

  get medianMs() {
    const totals = this.turns.map((turn) => turn.totalMs).sort((a, b) => a - b);
    return totals.length > 0 ? totals[totals.length >> 1] : null;
  }
}

/**
 * When the user stopped speaking, on the page's clock. `audioEndMs` counts from the first sample that was sent and
 * includes the silence that the server waited for; `sent` is {ms, lastAt}: so much had been sent by then.
 */
export function speechEndedAt({ audioEndMs, silenceMs, sent }) {
  return sent.lastAt - Math.max(0, sent.ms - (audioEndMs - silenceMs));
}
