// The files of a drop or of a file input, with those in sub-folders, as a list of `{ file, name }` in natural order: the name is
// the path below the folder that was given.

const NATURAL = new Intl.Collator("en", { numeric: true });
const IMAGE_NAME = /\.(png|jpe?g|jfif|gif|bmp|webp|avif|heic|heif|tiff?|ico|pgm|ppm|pbm|pnm)$/i;

/** Returns whether several files, or a folder, were dropped. */
export function isSet(transfer) {
  return transfer.files.length > 1 || entriesOf(transfer).some((entry) => entry.isDirectory);
}

/** Returns the files that were dropped. Call this during the event: what was dropped cannot be reached after it. */
export function droppedFiles(transfer) {
  const entries = entriesOf(transfer);
  if (entries.length === 0) return Promise.resolve(inOrder([...transfer.files].map((file) => ({ file, name: file.name }))));
  const [only] = entries;
  const roots = entries.length === 1 && only.isDirectory ? childrenOf(only) : Promise.resolve(entries);
  return roots.then((children) => filesBelow(children, "")).then(inOrder);
}

/** Returns the files that were chosen in an input. */
export function chosenFiles(input) {
  const nameOfFile = (file) => file.webkitRelativePath.split("/").slice(1).join("/") || file.name;
  return inOrder([...input.files].map((file) => ({ file, name: nameOfFile(file) })));
}

/** Returns the name of the folder that was dropped or chosen; null if files were. */
export function folderName({ items = null, files }) {
  const entry = items && items.length === 1 ? items[0].webkitGetAsEntry?.() : null;
  return entry?.isDirectory ? entry.name : files[0]?.webkitRelativePath?.split("/").slice(0, -1)[0] ?? null;
}

/** Returns whether a file looks like an image, by its type or its name. Hidden files do not. */
export function looksLikeImage({ file, name }) {
  const isHidden = name.split("/").some((word) => word.startsWith(".") || word === "__MACOSX");
  return !isHidden && (file.type.startsWith("image/") || IMAGE_NAME.test(name));
}

/** Returns the sub-folders of images as labels: their names, and the index of that of each image; null without sub-folders. */
export function folderLabels(images) {
  if (!images.some((image) => image.includes("/"))) return null;
  const folders = images.map((image) => image.split("/").slice(0, -1).join("/") || ".");
  const names = [...new Set(folders)].sort(NATURAL.compare);
  return { names, indices: folders.map((folder) => names.indexOf(folder)) };
}

function inOrder(files) {
  return files.sort((a, b) => NATURAL.compare(a.name, b.name));
}

function entriesOf(transfer) {
  return [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
}

async function filesBelow(entries, path) {
  const found = [];
  for (const entry of entries) {
    const name = path + entry.name;
    if (entry.isDirectory) found.push(...(await filesBelow(await childrenOf(entry), `${name}/`)));
    else found.push({ name, file: await new Promise((resolve, reject) => entry.file(resolve, reject)) });
  }
  return found;
}

/** Returns the entries of a folder, which a browser gives in batches of about a hundred. */
async function childrenOf(folder) {
  const reader = folder.createReader();
  const entries = [];
  for (;;) {
    const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return entries;
    entries.push(...batch);
  }
}
