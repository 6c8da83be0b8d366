/**
 * Strip: both voices of the last seconds, one above and one below the line, as they happen at the same time.
 *
 *     you      . | || | .            - - - - - - - threshold
 *     ------------------------------------------ now
 *     model              . || ||| | ||
 */

import { meterFraction } from "./level.js";

const BAR_PX = 3;
const GAP_PX = 2;
const MARK_PX = 20; // the height of the line's label, which stands on it

export class Strip {
  #canvas;
  #mark;
  #bars = []; // {you, model, hearing}, 0..1, oldest first
  #colours = {};
  #still = matchMedia("(prefers-reduced-motion: reduce)");
  #numPushed = 0;

  constructor(canvas, mark) {
    this.#canvas = canvas;
    this.#mark = mark;
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  /** Take the colours of the theme as it is now. */
  restyle() {
    const style = getComputedStyle(this.#canvas.parentElement);
    const probe = document.createElement("i");
    this.#canvas.parentElement.append(probe);
    for (const name of ["you", "model", "soft", "line"]) {
      probe.style.color = `var(--${name})`;
      this.#colours[name] = getComputedStyle(probe).color;
    }
    probe.remove();
    this.#colours.paper = style.backgroundColor;
    this.draw();
  }

  /** One frame of 40 ms: two loudnesses, the threshold, whether the server hears speech. */
  push({ youDb, modelDb, thresholdDb, hearing }) {
    this.#bars.push({ you: meterFraction(youDb), model: meterFraction(modelDb), hearing });
    this.threshold = thresholdDb === null ? null : meterFraction(thresholdDb);
    this.#numPushed += 1;
    if (!this.#still.matches || this.#numPushed % 12 === 0) this.draw();
  }

  clear() {
    this.#bars = [];
    this.threshold = null;
    this.draw();
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const scale = devicePixelRatio;
    if (this.#canvas.width !== width * scale || this.#canvas.height !== height * scale) {
      this.#canvas.width = width * scale;
      this.#canvas.height = height * scale;
    }
    const context = this.#canvas.getContext("2d");
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    const middle = Math.round(height / 2);
    this.#bars = this.#bars.slice(-Math.ceil(width / (BAR_PX + GAP_PX)));
    this.#drawBars(context, width, middle);
    this.#drawLines(context, width, middle);
  }

  #drawBars(context, width, middle) {
    const room = middle - 4;
    this.#bars.forEach(({ you, model, hearing }, i) => {
      const x = width - (this.#bars.length - i) * (BAR_PX + GAP_PX);
      context.globalAlpha = hearing ? 1 : 0.45;
      context.fillStyle = this.#colours.you;
      context.fillRect(x, middle - 1 - you * room, BAR_PX, you * room);
      context.globalAlpha = 1;
      context.fillStyle = this.#colours.model;
      context.fillRect(x, middle + 1, BAR_PX, model * room);
    });
  }

  #drawLines(context, width, middle) {
    context.fillStyle = this.#colours.line;
    context.fillRect(0, middle - 0.5, width, 1);
    this.#mark.hidden = this.threshold == null;
    if (this.threshold == null) return;
    const y = Math.round(middle - this.threshold * (middle - 4)) - 0.5;
    context.strokeStyle = this.#colours.soft;
    context.setLineDash([2, 4]);
    context.beginPath();
    context.moveTo(0, y);
    context.lineTo(width, y);
    context.stroke();
    context.setLineDash([]);
    this.#mark.style.top = `${Math.max(y, MARK_PX)}px`;
  }
}
