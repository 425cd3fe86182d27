/** Films made hostile, each by a number: what random bytes seldom reach, boxes changed where it hurts. */
import { boxOf } from '../../judges/media/rebox.ts'
import { type Field, fieldsOf, hasFields } from '../reading/box-fields.ts'

/** A film that lies, and what was done to it. */
export interface Mutant {
  readonly what: string
  /** Nothing was done but fields and entries of tables made to lie: what players make of that is an opinion. */
  readonly onlyLies: boolean
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
  let onlyLies = true
  for (let left = 1 + random(2); left > 0; left--) {
    const isLie = random(4) > 0
    const change = pick(isLie ? lies : changes, random)
    const changed = change(bytes, left === 1 && done.length > 0 ? placesOf(bytes) : places, random)
    if (!changed) continue
    done.push(changed.what)
    bytes = changed.bytes
    onlyLies &&= isLie
  }
  return { what: `seed ${seed}: ${done.join(', then ')}`, onlyLies, bytes }
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

const containers = new Set('moov trak edts mdia minf dinf stbl mvex moof traf mfra wave udta'.split(' '))
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

/** What a size is to say: none, one, some, and more than any file holds. */
const numbers = [
  0, 1, 2, 7, 0x7f, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
]
const names =
  'moov trak mdia minf stbl stsd stts stsz stsc stco ctts stss moof traf trun tfhd mdat free \0\0\0\0'.split(
    ' ',
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

/** Every type of box has the same chance, however many there are of it. */
function pickKnown(places: readonly Place[], random: Random): Place | undefined {
  const known = places.filter(({ type }) => hasFields(type))
  const type = pick([...new Set(known.map((place) => place.type))], random)
  return pick(
    known.filter((place) => place.type === type),
    random,
  )
}

/** Another number in a field: what is next to it, what is half or twice as much, what a field holds at most. */
function lyingField(film: Buffer, { at, bytes }: Field, random: Random): number {
  const value = film.readUIntBE(at + Math.max(0, bytes - 6), Math.min(6, bytes))
  const most = 256 ** Math.min(6, bytes) - 1
  const half = Math.floor(most / 2)
  const other = pick(
    [
      0,
      1,
      2,
      most,
      most - 1,
      half,
      half + 1,
      value + 1,
      value - 1,
      value + 2,
      value - 2,
      Math.floor(value / 2),
      value * 2,
      value + random(100),
      -value,
    ],
    random,
  )
  return ((other % (most + 1)) + most + 1) % (most + 1)
}

function write(film: Buffer, { at, bytes }: Field, value: number): Buffer {
  const copy = Buffer.from(film)
  copy.fill(value >= 256 ** Math.min(6, bytes) - 100 ? 0xff : 0, at, at + bytes)
  copy.writeUIntBE(value, at + Math.max(0, bytes - 6), Math.min(6, bytes))
  return copy
}

/** One field or one entry of a table is not what it was; everything else is. */
const lies: readonly Change[] = [
  function field(film, places, random) {
    const place = pickKnown(places, random)
    if (!place) return undefined
    const { fields } = fieldsOf(film, place)
    // Tables are long, and their first entries as good as any; what stands in front of them has its chance too.
    const one = pick(random(2) > 0 ? fields.slice(0, 12) : fields, random)
    if (!one) return undefined
    const value = lyingField(film, one, random)
    return { what: `${value} at ${one.at - place.at} of ${place.type}`, bytes: write(film, one, value) }
  },
  function entries(film, places, random) {
    const place = pickKnown(places, random)
    if (!place) return undefined
    const { fields, table } = fieldsOf(film, place)
    const inTable = fields.filter(({ at }) => at >= (table?.from ?? 0))
    const from = random(inTable.length)
    const [first] = inTable.slice(from)
    if (!table || !first) return undefined
    const value = lyingField(film, first, random)
    let bytes = film
    const step = table.stride / first.bytes
    for (const one of inTable.slice(from, from + step * (2 + random(20))).filter((_, i) => i % step === 0))
      bytes = write(bytes, one, value)
    return { what: `entries ${value} from ${first.at - place.at} of ${place.type}`, bytes }
  },
  function entry(film, places, random) {
    const place = pickKnown(places, random)
    if (!place) return undefined
    const { table } = fieldsOf(film, place)
    const count = table ? Math.floor((place.at + place.size - table.from) / table.stride) : 0
    if (!table || count < 1) return undefined
    const entryAt = (index: number): number => table.from + index * table.stride
    const at = pick([0, count - 1, random(count)], random)
    const one = film.subarray(entryAt(at), entryAt(at + 1))
    const box = film.subarray(place.at, place.at + place.size)
    const cut = (start: number, end: number): Buffer => box.subarray(start - place.at, end - place.at)
    const end = place.at + place.size
    const said = table.count ? film.readUInt32BE(table.count.at) : 0
    const counted = (bytes: Buffer, more: number): Buffer => {
      const whole = Buffer.from(bytes)
      if (table.count && random(4) > 0)
        whole.writeUInt32BE(Math.max(0, said + more), table.count.at - place.at)
      return whole
    }
    const payload = (bytes: Buffer): Buffer => boxOf(place.type, bytes.subarray(8))
    const other = entryAt(random(count))
    const [what, by] = pick<readonly [string, () => Buffer]>(
      [
        [
          'dropped',
          () => counted(Buffer.concat([cut(place.at, entryAt(at)), cut(entryAt(at + 1), end)]), -1),
        ],
        [
          'doubled',
          () => counted(Buffer.concat([cut(place.at, entryAt(at)), one, cut(entryAt(at), end)]), 1),
        ],
        [
          'swapped',
          () => {
            const whole = Buffer.from(box)
            whole.set(cut(other, other + table.stride), entryAt(at) - place.at)
            whole.set(one, other - place.at)
            return whole
          },
        ],
        [
          'miscounted',
          () => {
            const whole = Buffer.from(box)
            if (table.count)
              whole.writeUInt32BE(
                Math.max(0, said + pick([-3, -2, -1, 1, 2, 3], random)),
                table.count.at - place.at,
              )
            return whole
          },
        ],
        ['gone from here on', () => counted(cut(place.at, entryAt(at)), at - count)],
      ],
      random,
    )
    return { what: `entry ${at} of ${place.type} ${what}`, bytes: replaced(film, place, payload(by())) }
  },
]

/** What no writer means: bytes turned over, boxes that are not where or what they were. */
const changes: readonly Change[] = [
  function behind(film, _places, random) {
    const more = pick([1, 4, 7, 8, 9, 100, 5000], random)
    const junk = Buffer.alloc(more, pick([0, 1, 0xff, 0x41], random))
    return { what: `${more} bytes of ${junk[0]} behind the last box`, bytes: Buffer.concat([film, junk]) }
  },
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
