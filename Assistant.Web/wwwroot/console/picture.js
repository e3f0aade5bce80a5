// A picture somebody sent is fetched by this page and shown from memory: its address alone is never a page or a picture of this site.
const shown = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

/** Shows the file at a path in an image; tells whether that worked. */
export async function show(image, path, maxBytes) {
  try {
    const answer = await fetch(path, { credentials: 'same-origin' });
    if (!answer.ok || !shown.includes(answer.headers.get('content-type')) || Number(answer.headers.get('content-length')) > maxBytes) return false;
    const content = await answer.blob();
    if (content.size > maxBytes) return false;
    const address = URL.createObjectURL(content);
    try {
      image.src = address;
      await image.decode();
    } finally {
      URL.revokeObjectURL(address);
    }

    return true;
  } catch {
    return false; // no connection, or no picture after all
  }
}
