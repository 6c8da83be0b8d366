/** Problems: what keeps the page from hearing or reaching the model, and exactly what to do. Each: {title, steps}. */

/** Why this page cannot use a microphone at all, or null. `place` is {possible, host, port}. */
export function placeProblem({ possible, host, port }) {
  if (possible) return null;
  return {
    title: "This address cannot use the microphone",
    steps: [
      `Browsers give a page the microphone only over https or from localhost. This page came over plain http from ${host}.`,
      `Either forward the port: run \`ssh -L ${port}:localhost:${port} ${host}\` here, and open \`http://localhost:${port}\`.`,
      "Or serve with TLS: start the server with `thinkaloud serve --self-signed`, and open the https address it prints.",
      "Until then you can type, and read the answers.",
    ],
  };
}

const BY_ERROR = {
  NotAllowedError: {
    title: "The microphone is blocked for this page",
    steps: [
      "Click the icon at the left end of the address bar, set Microphone to Allow, then press Try the microphone again.",
      "If it stays blocked, allow your browser the microphone in the system's privacy settings (macOS: Privacy & Security, " +
        "Microphone; Windows: Privacy, Microphone; Android and iOS: the browser's app settings).",
      "Until then you can type, and listen to the answers.",
    ],
  },
  NotFoundError: {
    title: "No microphone was found",
    steps: [
      "Plug one in or switch your headset on, then press Try the microphone again.",
      "Until then you can type, and listen to the answers.",
    ],
  },
  NotReadableError: {
    title: "The microphone is busy or does not answer",
    steps: [
      "Close other programs that use it (calls, recorders, other tabs), or choose another one under Microphone.",
      "Then press Try the microphone again.",
    ],
  },
  NoSoundError: {
    title: "The browser cannot play sound here",
    steps: [
      "Connect a loudspeaker or headphones, see that the system has a sound output, and start again.",
      "Until then you can type, and read the answers.",
    ],
  },
};
const SAME_AS = { SecurityError: "NotAllowedError", OverconstrainedError: "NotFoundError", AbortError: "NotReadableError" };

/** What opening the microphone or the speaker failed with, as something to do. */
export function soundProblem(error) {
  const known = BY_ERROR[SAME_AS[error.name] ?? error.name];
  return known ?? { title: "The sound could not be opened", steps: [`${error.name}: ${error.message}`] };
}

/** Why the server did not take the connection. `status` is what `explore` found out. */
export function connectionProblem(status, hasKey, detail = "") {
  if (status === "locked") {
    return hasKey
      ? { title: "The server refused this API key", steps: ["Check the key and connect again."] }
      : { title: "This server wants an API key", steps: ["Enter the key it was started with, then start again."] };
  }
  if (status === "down") {
    return {
      title: "The server does not answer",
      steps: ["See whether `thinkaloud serve` is still running, and on this address. Then start again."],
    };
  }
  if (status === "full") {
    return {
      title: "All places are taken",
      steps: ["The server holds as many conversations as it may. Start again when one has ended."],
    };
  }
  return {
    title: "The server did not take the conversation",
    steps: ["It may be loading its model, or shutting down. Wait a moment and start again.", detail].filter(Boolean),
  };
}

/** The connection was lost in the middle of a conversation. */
export function lostProblem({ code, reason }) {
  const why = reason || { 1001: "The server is shutting down.", 1006: "The connection broke off." }[code];
  return {
    title: "The conversation was cut off",
    steps: [
      why ?? `The server closed it (code ${code}).`,
      "Press Start talking for a new one. Until then, what was said stays on the page.",
    ],
  };
}
