// Which pixels are marked, as a short text: the lengths of runs of equal pixels, the first of them unmarked, in base64url.

/** Returns the text of marks, 1 or 0 each. */
export function packRuns(marks) {
  const bytes = [];
  const put = (length) => {
    for (; length > 127; length = Math.floor(length / 128)) bytes.push((length % 128) + 128);
    bytes.push(length);
  };
  let [value, length] = [0, 0];
  for (const mark of marks) {
    if (mark !== value) {
      put(length);
      [value, length] = [mark, 0];
    }
    length++;
  }
  put(length);
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Returns the `count` marks of a text; null if it is none of as many. */
export function unpackRuns(text, count) {
  const marks = new Uint8Array(count);
  let [at, value, length, factor] = [0, 0, 0, 1];
  for (const byte of bytesOf(text)) {
    length += (byte % 128) * factor;
    if (byte > 127) factor *= 128;
    else {
      if (at + length > count) return null;
      marks.fill(value, at, at + length);
      [at, value, length, factor] = [at + length, 1 - value, 0, 1];
    }
  }
  return at === count ? marks : null;
}

function bytesOf(text) {
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  } catch {
    return [];
  }
}
