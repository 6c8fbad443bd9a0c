// A still of the camera as a picture of the user, where the browser offers a camera.

import { byId, make } from "../drawing/dom.js";

/** The seconds from the click to the still, in which the picture is seen as it would be taken. */
const COUNTDOWN = 3;

/** Shows the button if there is a camera interface; `put(source, words)` takes what is seen, `say(words)` reports a failure. */
export function startCamera({ signal }, put, say) {
  const button = byId("own-camera");
  button.hidden = !navigator.mediaDevices?.getUserMedia;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await takeStill(signal, put);
    } catch (error) {
      say(refusalOf(error));
    }
    button.disabled = false;
  });
}

/** Counts down with what the camera sees, ends with a still, and stops the camera. */
async function takeStill(signal, put) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user" } });
  try {
    const video = make("video", { muted: true, playsInline: true, srcObject: stream });
    await video.play();
    const end = performance.now() + 1000 * COUNTDOWN;
    for (let left = COUNTDOWN; left > 0 && !signal.aborted; left = Math.ceil((end - performance.now()) / 1000)) {
      await put(video, `The camera takes a still in ${left} …`);
      await new Promise(requestAnimationFrame);
    }
    if (!signal.aborted) await put(video, "This is a still of the camera, which is off again. Draw on it.");
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}

function refusalOf({ name, message }) {
  if (name === "NotAllowedError") return "The camera was not allowed: open a picture or draw one instead.";
  if (name === "NotFoundError") return "No camera was found: open a picture or draw one instead.";
  return `The camera cannot be used (${message}): open a picture or draw one instead.`;
}
