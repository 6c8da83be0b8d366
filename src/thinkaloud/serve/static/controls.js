/** Controls: what the user's fingers mean. Buttons, keys and forms in; wishes out: start, end, mute, interrupt, press, ... */

const TAP_MS = 300;

/**
 * Hold: the talk button. Held, it talks until it is let go; a tap starts it and the next tap sends.
 * Both methods return "begin", "end" or null.
 */
export class Hold {
  active = false;
  #latched = false;
  #downAt = 0;

  down(nowMs) {
    if (this.active && this.#latched) return this.#end();
    if (this.active) return null;
    this.active = true;
    this.#downAt = nowMs;
    return "begin";
  }

  up(nowMs) {
    if (!this.active || this.#latched) return null;
    if (nowMs - this.#downAt >= TAP_MS) return this.#end();
    this.#latched = true;
    return null;
  }

  /** Let go without a word, for example when the conversation ends. */
  reset() {
    this.active = this.#latched = false;
  }

  #end() {
    this.reset();
    return "end";
  }
}

/** Wire the document to `wishes`: {start, end, toggleMute, interrupt, begin, finish, say, change, ...}. Returns the Hold. */
export function listen(document, wishes) {
  const $ = (id) => document.getElementById(id);
  const hold = new Hold();
  const act = (outcome) => ({ begin: wishes.begin, end: wishes.finish })[outcome]?.();
  const down = () => act(hold.down(performance.now()));
  const up = () => act(hold.up(performance.now()));

  $("start").addEventListener("click", wishes.start);
  $("retry-microphone").addEventListener("click", wishes.start);
  $("end").addEventListener("click", wishes.end);
  $("mute").addEventListener("click", wishes.toggleMute);
  $("interrupt").addEventListener("click", wishes.interrupt);
  $("dismiss").addEventListener("click", wishes.dismiss);
  $("toggle-details").addEventListener("click", wishes.toggleDetails);
  $("log-download").addEventListener("click", wishes.download);
  $("log-filter").addEventListener("input", ({ target }) => wishes.filter(target.value));

  listenToHold($("hold"), down, up);
  listenToKeys(document, { ...wishes, down, up });
  listenToForms($, wishes);
  return hold;
}

function listenToHold(button, down, up) {
  button.addEventListener("pointerdown", (event) => {
    button.setPointerCapture(event.pointerId);
    down();
  });
  button.addEventListener("pointerup", up);
  button.addEventListener("pointercancel", up);
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  for (const [type, act] of [["keydown", down], ["keyup", up]]) {
    button.addEventListener(type, (event) => {
      if (event.key !== "Enter") return; // Space is a key of the whole page
      event.preventDefault();
      if (!event.repeat) act();
    });
  }
}

function listenToKeys(document, { down, up, interrupt, toggleMute, canHold, toggleDetails }) {
  const $ = (id) => document.getElementById(id);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return detailsCoverPage(document) ? toggleDetails() : interrupt();
    if (usesKeys(event.target)) return;
    if (event.key === " " && canHold() && !isOtherButton(event.target)) {
      event.preventDefault();
      if (!event.repeat) down();
    } else if (event.key === "m" || event.key === "M") toggleMute();
    else if (event.key === "/") {
      event.preventDefault();
      $("text").focus();
    }
  });
  document.addEventListener("keyup", (event) => {
    if (event.key !== " " || !canHold() || usesKeys(event.target) || isOtherButton(event.target)) return;
    event.preventDefault();
    up();
  });
}

function listenToForms($, wishes) {
  const text = $("text");
  text.addEventListener("input", () => ($("send").disabled = text.value.trim() === ""));
  $("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const words = text.value.trim();
    if (!words) return;
    text.value = "";
    $("send").disabled = true;
    wishes.say(words);
  });
  $("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    wishes.start();
  });
  $("mode").addEventListener("change", () => wishes.change("mode"));
  for (const id of ["voice", "instructions", "threshold", "by-words", "silence"]) $(id).addEventListener("change", () => wishes.change(id));
  for (const id of ["threshold", "by-words", "silence"]) $(id).addEventListener("input", wishes.showSettings);
  for (const id of ["microphone", "echoCancellation", "noiseSuppression", "autoGainControl"]) {
    $(id).addEventListener("change", wishes.changeMicrophone);
  }
}

function usesKeys(target) {
  return target.matches?.("input:not([type=radio], [type=checkbox], [type=range]), textarea, select") ?? false;
}

function isOtherButton(target) {
  return target.matches?.("button:not(#hold), a, input:not([type=radio])") ?? false;
}

function detailsCoverPage(document) {
  return document.body.classList.contains("wide-details") && matchMedia("(max-width: 860px)").matches;
}
