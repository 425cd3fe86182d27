/** Joins two films sample by sample, each with its own sample descriptions, as editors save what they spliced. */
import { type Box, boxes } from '../../../lib/formats/isobmff/box.ts'
import { ByteReader } from '../../../lib/formats/isobmff/byte-reader.ts'
import { ByteWriter } from '../../../lib/formats/isobmff/byte-writer.ts'
import { readSampleTable, type SampleTable } from '../../../lib/formats/isobmff/sample-table.ts'
import { boxOf, editBoxes, tableOf } from '../reading/edit-boxes.ts'

/** The second film's media follows the first's; both have their `moov` at the end and the same tracks. */
export function joinFilms(first: Uint8Array, second: Uint8Array): Uint8Array {
  const moovAt = moovOf(first)
  const media = Buffer.concat([first.subarray(0, moovAt), second])
  const others = tablesOf(second)
  let track = -1
  const joined = editBoxes(first.subarray(moovAt), (box, path) => {
    if (path === 'moov/trak') track++
    if (path !== 'moov/trak/mdia/minf/stbl') return undefined
    const other = others[track]
    return other && boxOf('stbl', ...joinTables(box, other, { beyond: moovAt, fileBytes: media.length }))
  })
  // The second film's own moov stays where it is, as something nobody reads.
  const hidden = Buffer.from(media)
  hidden.write('free', media.length - (second.length - moovOf(second)) + 4, 'latin1')
  return Buffer.concat([hidden, withoutEdits(joined)])
}

const moovOf = (film: Uint8Array): number =>
  [...boxes(new ByteReader(film))].find(({ type }) => type === 'moov')?.at ?? 0

/** Joined films show all of their media, a minute at most: only where it begins is kept. */
function withoutEdits(moov: Uint8Array): Uint8Array {
  return editBoxes(moov, ({ raw }, path) => {
    if (path !== 'moov/trak/edts/elst') return undefined
    const view = new DataView(raw.buffer, raw.byteOffset)
    return tableOf('elst', 1, 60_000, view.getInt32(20), 0x10000)
  })
}

function tablesOf(film: Uint8Array): Box[] {
  const found: Box[] = []
  editBoxes(film, (box, path) => {
    if (path === 'moov/trak/mdia/minf/stbl') found.push(box)
    return undefined
  })
  return found
}

function joinTables(
  a: Box,
  b: Box,
  { beyond, fileBytes }: { readonly beyond: number; readonly fileBytes: number },
): Uint8Array[] {
  const [one, two] = [readSampleTable(a, fileBytes), readSampleTable(b, fileBytes)]
  const [entriesA, entriesB] = [entriesOf(a), entriesOf(b)]
  const to = new ByteWriter()
  // Pictures have two entries even if they say the same; sound and texts then share one.
  const alike = !one.sync && Buffer.compare(entriesA, entriesB) === 0
  to.fullBox('stsd', 0, 0, () => {
    to.u32(alike ? 1 : 2)
    to.bytes(entriesA)
    if (!alike) to.bytes(entriesB)
  })
  const samples = [one, two].flatMap((table) =>
    Array.from({ length: table.count }, (_, i) => sampleOf(table, i)),
  )
  const offsets = samples.map(({ offset }, i) => offset + (i < one.count ? 0 : beyond))
  const syncs = samples.flatMap(({ sync }, i) => (sync ? [i + 1] : []))
  return [
    to.written,
    tableOf('stts', samples.length, ...samples.flatMap(({ duration }) => [1, duration])),
    ...(samples.some(({ composition }) => composition !== 0)
      ? [tableOf('ctts', samples.length, ...samples.flatMap(({ composition }) => [1, composition]))]
      : []),
    ...(syncs.length < samples.length ? [tableOf('stss', syncs.length, ...syncs)] : []),
    // A sample a chunk.
    alike ? tableOf('stsc', 1, 1, 1, 1) : tableOf('stsc', 2, 1, 1, 1, one.count + 1, 1, 2),
    tableOf('stsz', 0, samples.length, ...samples.map(({ size }) => size)),
    tableOf('stco', offsets.length, ...offsets),
  ]
}

function entriesOf(stbl: Box): Uint8Array {
  const stsd = [...boxes(stbl.body)].find(({ type }) => type === 'stsd')
  return stsd ? stsd.raw.subarray(16) : new Uint8Array(0)
}

const sampleOf = (table: SampleTable, i: number) => ({
  size: table.sizes[i] ?? 0,
  offset: table.offsets[i] ?? 0,
  duration: (table.decodeTimes[i + 1] ?? 0) - (table.decodeTimes[i] ?? 0),
  composition: table.compositionOffsets?.[i] ?? 0,
  sync: !table.sync || table.sync[i] === 1,
})
