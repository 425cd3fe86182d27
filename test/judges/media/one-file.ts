/** Tracks that have files of their own as one file of several, for programs that take longer to start than to read. */
import { type Atom, atomsOf, child, uint, version } from '../cmaf/boxes.ts'
import { boxOf } from './rebox.ts'

/** Files of one fragmented track each; tracks and fragments stand in their order, and nothing but track IDs is changed. */
export function asOneFile(files: readonly Uint8Array[]): Uint8Array {
  const tracks = files.map((file, i) => numbered(file, i + 1))
  const moovs = tracks.map((atoms) => atoms.find(({ type }) => type === 'moov'))
  // Lengths of edits are on the movie's clock, of which the file has one.
  if (moovs.some((moov) => childrenNamed(moov, 'trak').some(hasEditOfLength)))
    throw new Error('edits that end before the media are on the clocks of their files')
  const named = (path: readonly string[]) => moovs.flatMap((moov) => child(moov, ...path)?.bytes ?? [])
  const [header = new Uint8Array()] = named(['mvhd'])
  const moov = Buffer.concat([
    header,
    ...named(['trak']),
    boxOf('mvex', Buffer.concat(named(['mvex', 'trex']))),
  ])
  return Buffer.concat([
    ...(tracks[0] ?? []).filter(({ type }) => type === 'ftyp').map(({ bytes }) => bytes),
    boxOf('moov', moov),
    ...tracks.flat().flatMap(({ type, bytes }) => (type === 'ftyp' || type === 'moov' ? [] : bytes)),
  ])
}

/** Where the track's ID stands in the fields, by the box's version (ISO/IEC 14496-12 8.3.2, 8.8.3, 8.8.7, 8.16.3). */
const idAt: Readonly<Record<string, readonly [number, number]>> = {
  tkhd: [12, 20],
  trex: [4, 4],
  tfhd: [4, 4],
  sidx: [4, 4],
}

function numbered(file: Uint8Array, id: number): readonly Atom[] {
  const copy = Uint8Array.from(file)
  const view = new DataView(copy.buffer)
  const atoms = atomsOf(copy)
  const number = (atom: Atom): void => {
    const at = idAt[atom.type]?.[version(atom) === 1 ? 1 : 0]
    if (at !== undefined) view.setUint32(atom.at + atom.body + at, id)
    atom.children.forEach(number)
  }
  atoms.forEach(number)
  return atoms
}

const childrenNamed = (atom: Atom | undefined, type: string): readonly Atom[] =>
  atom?.children.filter((one) => one.type === type) ?? []

function hasEditOfLength(trak: Atom): boolean {
  const elst = child(trak, 'edts', 'elst')
  return elst !== undefined && uint(elst, 8, version(elst) === 1 ? 8 : 4) > 0
}
