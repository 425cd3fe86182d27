/**
 * When a film of flashes and beeps flashes and beeps in a player, by the page's own media clock: pictures by the media
 * time of those the browser put on the screen, sound by what the player gave the browser to play, and where. Neither
 * goes by wall clock, so a machine that is busy changes nothing.
 */
import { readFileSync } from 'node:fs'
import { readPackets } from '../judges/media/packets.ts'

/** What a player page is told before its scripts: note what is appended where, and when pictures turn white. */
export const watching = `
  window.appended = []; window.flashes = []; window.seen = 0;
  const add = MediaSource.prototype.addSourceBuffer;
  MediaSource.prototype.addSourceBuffer = function (mime) {
    const buffer = add.call(this, mime);
    const append = buffer.appendBuffer.bind(buffer);
    buffer.appendBuffer = (data) => {
      const view = ArrayBuffer.isView(data) ? data : new Uint8Array(data);
      const one = { type: mime.split('/')[0], bytes: new Uint8Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength)) };
      // In sequence mode the browser says afterwards where it went.
      buffer.addEventListener('updateend', () => { one.offset = buffer.timestampOffset }, { once: true });
      appended.push(one);
      append(data);
    };
    return buffer;
  };
  document.addEventListener('DOMContentLoaded', () => {
    const canvas = new OffscreenCanvas(1, 1); const on = canvas.getContext('2d', { willReadFrequently: true });
    let before;
    const look = (_, { mediaTime }) => {
      on.drawImage(v, 0, 0, 1, 1);
      const isWhite = on.getImageData(0, 0, 1, 1).data[1] > 125;
      // Only of pictures that were both shown is the beginning known.
      if (before && isWhite && !before.isWhite && mediaTime - before.mediaTime < 0.05) flashes.push(mediaTime);
      before = { isWhite, mediaTime }; seen++;
      v.requestVideoFrameCallback(look);
    };
    const find = () => (window.v ? v.requestVideoFrameCallback(look) : setTimeout(find, 5));
    find();
  })`

/** What the page appended of pictures or sound: init and media in base64 with their offset, in order. */
export const appendedOf = (
  kind: 'video' | 'audio',
): string => `appended.filter(({ type }) => type === '${kind}').map(({ bytes, offset }) => {
  let text = ''; for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return { base64: btoa(text), offset } })`

/** One piece of it. */
export interface Appended {
  readonly base64: string
  readonly offset: number
}

/** Where on the page's clock the packets of an upload come to lie that were appended; what is not in them is left out. */
export async function onThePage(
  seconds: readonly number[],
  {
    kind,
    source,
    pieces,
    decryptionKey,
  }: {
    readonly kind: 'video' | 'audio'
    /** Path of the upload. */
    readonly source: string
    readonly pieces: readonly Appended[]
    readonly decryptionKey?: string | undefined
  },
): Promise<number[]> {
  const wanted = await readPackets(readFileSync(source), kind)
  const moved: { readonly from: number; readonly by: number }[] = []
  let init = Buffer.alloc(0)
  for (const { base64, offset } of pieces) {
    const bytes = Buffer.from(base64, 'base64')
    if (bytes.includes('moov')) init = bytes
    if (!bytes.includes('moof')) continue
    const got = await readPackets(bytes === init ? bytes : Buffer.concat([init, bytes]), kind, decryptionKey)
    for (const packet of got) {
      const same = wanted[moved.length]
      if (same?.md5 !== packet.md5) throw new Error(`packet ${moved.length} is not that of ${source}`)
      moved.push({ from: same.seconds, by: packet.seconds + offset - same.seconds })
    }
  }
  const until = Math.max(...moved.map(({ from }) => from))
  const inOrder = moved.toSorted((a, b) => a.from - b.from)
  return seconds
    .filter((one) => one <= until)
    .map((one) => one + (inOrder.findLast(({ from }) => from <= one + 1e-4)?.by ?? Number.NaN))
}
