/** Films made hostile, each by a number: what random bytes seldom reach, boxes changed where it hurts. */
import { boxOf } from '../judges/rebox.ts'

/** A film that lies, and what was done to it. */
export interface Mutant {
  readonly what: string
  readonly bytes: Uint8Array
}

/** A box in the film, with those around it. */
interface Place {
  readonly type: string
  readonly at: number
  readonly size: number
  readonly parents: readonly Place[]
}

type Random = (below: number) => number

/** The same number makes the same mutant. */
export function mutantOf(film: Uint8Array, seed: number): Mutant {
  const random = randomOf(seed)
  const places = placesOf(film)
  let bytes: Buffer = Buffer.from(film)
  const done: string[] = []
  for (let left = 1 + random(2); left > 0; left--) {
    const change = pick(changes, random)
    const changed = change(bytes, left === 1 && done.length > 0 ? placesOf(bytes) : places, random)
    if (!changed) continue
    done.push(changed.what)
    bytes = changed.bytes
  }
  return { what: `seed ${seed}: ${done.join(', then ')}`, bytes }
}

/** Mulberry32. */
function randomOf(seed: number): Random {
  let state = Math.imul(seed + 1, 0x9e3779b1)
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(1, below)) | 0
  }
}

const pick = <Value>(values: readonly Value[], random: Random): Value =>
  values[random(values.length)] as Value

const containers = new Set('moov trak edts mdia minf dinf stbl mvex moof traf wave udta'.split(' '))
const before: Readonly<Record<string, number>> = {
  stsd: 8,
  dref: 8,
  ...Object.fromEntries('avc1 avc3 hvc1 hev1 av01 vp09 encv'.split(' ').map((type) => [type, 78])),
  ...Object.fromEntries('mp4a Opus fLaC ac-3 ec-3 enca'.split(' ').map((type) => [type, 28])),
}

/** Every box that can be found, those of the media among them; stops where boxes make no sense. */
export function placesOf(film: Uint8Array): Place[] {
  const view = Buffer.from(film.buffer, film.byteOffset, film.length)
  const places: Place[] = []
  const walk = (from: number, to: number, parents: readonly Place[]): void => {
    for (let at = from; at + 8 <= to && places.length < 4000; ) {
      const size = view.readUInt32BE(at) || to - at
      if (size < 8 || at + size > to) return
      const place = { type: view.toString('latin1', at + 4, at + 8), at, size, parents }
      places.push(place)
      const fields = containers.has(place.type) ? 0 : before[place.type]
      if (fields !== undefined && parents.length < 12) walk(at + 8 + fields, at + size, [...parents, place])
      at += size
    }
  }
  walk(0, film.length, [])
  return places
}

type Change = (film: Buffer, places: readonly Place[], random: Random) => Mutated | undefined
interface Mutated {
  readonly what: string
  readonly bytes: Buffer
}

/** What a table is to believe: none, one, some, and more than any file holds. */
const numbers = [
  0, 1, 2, 7, 0x7f, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
]
const names =
  'moov trak mdia minf stbl stsd stts stsz stsc stco ctts stss moof traf trun tfhd mdat free \0\0\0\0'.split(
    ' ',
  )
/** Where numbers stand that are counts, clocks, times or offsets, from the start of the fields. */
const fields: Readonly<Record<string, readonly number[]>> = {
  mvhd: [0, 12, 16],
  mdhd: [0, 12, 16],
  tkhd: [0, 12, 20],
  elst: [0, 4, 8, 12, 16, 20],
  stts: [4, 8, 12],
  ctts: [0, 4, 8, 12],
  stss: [4, 8],
  stsc: [4, 8, 12, 16, 20],
  stsz: [4, 8, 12],
  stz2: [4, 8],
  stco: [4, 8, 12],
  co64: [4, 8, 12],
  stsd: [4],
  dref: [4, 16],
  trex: [4, 8, 12, 16, 20],
  mfhd: [4],
  tfhd: [0, 4, 8, 12],
  tfdt: [0, 4, 8],
  trun: [0, 4, 8, 12, 16, 20],
  sidx: [8, 12, 16, 20, 24, 28],
  saiz: [4, 8],
}
const tables = new Set(Object.keys(fields))
const configurations = new Set(
  'avcC hvcC esds av1C vpcC dac3 dec3 dOps dfLa avc1 hvc1 mp4a colr pasp hdlr elng'.split(' '),
)

const described = (places: readonly Place[]): Place[] => places.filter(({ type }) => type !== 'mdat')
const patched = (film: Buffer, at: number, value: number): Buffer => {
  const bytes = Buffer.from(film)
  if (at >= 0 && at + 4 <= bytes.length) bytes.writeUInt32BE(value >>> 0, at)
  return bytes
}

/** Puts bytes in place of a box and mends the sizes of all around it; what lies behind moves. */
function replaced(film: Buffer, { at, size, parents }: Place, by: Uint8Array): Buffer {
  const bytes = Buffer.concat([film.subarray(0, at), by, film.subarray(at + size)])
  for (const parent of parents) bytes.writeUInt32BE(Math.max(8, parent.size + by.length - size), parent.at)
  return bytes
}

const changes: readonly Change[] = [
  function bits(film, places, random) {
    const place = pick(described(places), random)
    if (!place) return undefined
    const bytes = Buffer.from(film)
    for (let left = 1 + random(8); left > 0; left--) {
      const at = place.at + random(place.size)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8))
    }
    return { what: `bits of ${place.type}`, bytes }
  },
  function zeros(film, places, random) {
    const place = pick(described(places), random)
    if (!place) return undefined
    const at = place.at + random(place.size)
    const bytes = Buffer.from(film)
    bytes.fill(pick([0, 0xff], random), at, Math.min(bytes.length, at + 1 + random(64)))
    return { what: `zeros in ${place.type}`, bytes }
  },
  function cut(film, places, random) {
    const place = pick(places, random)
    if (!place) return undefined
    const length = pick(
      [place.at, place.at + 4, place.at + 8, place.at + random(place.size), place.at + place.size],
      random,
    )
    return { what: `cut off at ${length} in ${place.type}`, bytes: Buffer.from(film.subarray(0, length)) }
  },
  function size(film, places, random) {
    const place = pick(places, random)
    if (!place) return undefined
    const value = pick([...numbers, 3, 8, 9, 15, 16, place.size - 1, place.size + 1, place.size + 8], random)
    return { what: `size ${value} of ${place.type}`, bytes: patched(film, place.at, value) }
  },
  function wide(film, places, random) {
    const place = pick(places, random)
    if (!place) return undefined
    const head = Buffer.alloc(16)
    head.writeUInt32BE(1)
    head.write(place.type, 4, 'latin1')
    head.writeUInt32BE(pick([0, 0, 1, 0x1fffff, 0x7fffffff, 0xffffffff], random), 8)
    head.writeUInt32BE(pick([0, 15, 16, place.size + 8, 0xffffffff], random), 12)
    const by = Buffer.concat([head, film.subarray(place.at + 8, place.at + place.size)])
    return { what: `64-bit size of ${place.type}`, bytes: replaced(film, place, by) }
  },
  function table(film, places, random) {
    const place = pick(
      places.filter(({ type }) => tables.has(type)),
      random,
    )
    if (!place) return undefined
    const at = pick(fields[place.type] ?? [0], random)
    const value = pick(numbers, random)
    return { what: `${value} at ${at} of ${place.type}`, bytes: patched(film, place.at + 8 + at, value) }
  },
  function entries(film, places, random) {
    const place = pick(
      places.filter(({ type, size: length }) => tables.has(type) && length > 24),
      random,
    )
    if (!place) return undefined
    const at = place.at + 16 + 4 * random((place.size - 20) / 4)
    const value = pick(numbers, random)
    const bytes = Buffer.from(film)
    for (let i = 0; i < 1 + random(20) && at + i * 4 + 4 <= place.at + place.size; i++)
      bytes.writeUInt32BE(value, at + i * 4)
    return { what: `entries ${value} from ${at - place.at} of ${place.type}`, bytes }
  },
  function configuration(film, places, random) {
    const place = pick(
      places.filter(({ type }) => configurations.has(type)),
      random,
    )
    if (!place) return undefined
    const bytes = Buffer.from(film)
    for (let left = 1 + random(6); left > 0; left--)
      bytes[place.at + 8 + random(place.size - 8)] = pick([0, 1, 0x7f, 0x80, 0xff, random(256)], random)
    return { what: `configuration ${place.type}`, bytes }
  },
  function name(film, places, random) {
    const place = pick(places, random)
    if (!place) return undefined
    const bytes = Buffer.from(film)
    const to = pick(names, random)
    bytes.write(to, place.at + 4, 4, 'latin1')
    return { what: `${place.type} named ${to}`, bytes }
  },
  function twice(film, places, random) {
    const place = pick(described(places), random)
    if (!place) return undefined
    const box = film.subarray(place.at, place.at + place.size)
    const times = place.size < 2000 ? pick([2, 3, 50], random) : 2
    return {
      what: `${place.type} ${times} times`,
      bytes: replaced(film, place, Buffer.concat(Array.from({ length: times }, () => box))),
    }
  },
  function without(film, places, random) {
    const place = pick(places, random)
    return place && { what: `no ${place.type}`, bytes: replaced(film, place, Buffer.alloc(0)) }
  },
  function exchanged(film, places, random) {
    const [one, other] = [pick(described(places), random), pick(described(places), random)]
    if (!one || !other) return undefined
    const by = film.subarray(other.at, other.at + other.size)
    return { what: `${other.type} in place of ${one.type}`, bytes: replaced(film, one, Buffer.from(by)) }
  },
  function nested(film, places, random) {
    const place = pick(described(places), random)
    if (!place) return undefined
    let box: Buffer = film.subarray(place.at, place.at + place.size)
    for (let depth = pick([1, 3, 200], random); depth > 0; depth--) box = boxOf(place.type, box)
    return { what: `${place.type} within itself`, bytes: replaced(film, place, box) }
  },
]
