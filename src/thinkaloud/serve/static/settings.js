/** Settings: what the page's form means as fields of the protocol's session. */

const PREFIX_PADDING_MS = 300;

/** The first update of a session: everything the form says, and no more. */
export function sessionStart(settings, session, canPlay) {
  return {
    output_modalities: [canPlay ? "audio" : "text"],
    ...(settings.instructions && { instructions: settings.instructions }),
    audio: {
      input: {
        transcription: session.audio?.input?.transcription ?? { model: session.model || settings.model },
        turn_detection: turnDetection(settings),
      },
      ...(settings.voice && { output: { voice: settings.voice } }),
    },
  };
}

/** One setting that was changed during a session. */
export function sessionChange(what, settings) {
  if (what === "instructions") return { instructions: settings.instructions };
  if (what === "voice") return { audio: { output: { voice: settings.voice } } };
  return { audio: { input: { turn_detection: turnDetection(settings) } } };
}

/** Turns end by what was said where the user wants that, else by silence alone. */
function turnDetection({ mode, byWords, threshold, silenceMs }) {
  if (mode === "push") return null;
  return {
    ...(byWords
      ? { type: "semantic_vad" }
      : { type: "server_vad", prefix_padding_ms: PREFIX_PADDING_MS, silence_duration_ms: silenceMs }),
    threshold,
    create_response: true,
    interrupt_response: true,
  };
}
