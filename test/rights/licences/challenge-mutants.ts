/** Challenges by number: written in any of the ways there are, then damaged or forged; the same for the same number. */
import { SYSTEM, writePlayReady, wrmHeaderOf } from '../../../lib/formats/pssh/index.ts'
import { spc } from '../../formats/fairplay/build.ts'
import { acquire, envelope, guid, header, utf16 } from '../../formats/playready/build.ts'
import {
  content,
  field,
  kidBytes,
  number,
  psshBox,
  psshData,
  request,
  signed,
} from '../../formats/widevine/build.ts'
import type { Sent } from './licence-desk.ts'

/** Keys of the token's title, and one of another. */
export const own = ['0123456789abcdef0123456789abcdef', '89abcdef0123456789abcdef01234567'] as const
export const foreign = 'fedcba9876543210f0e1d2c3b4a59687'

/** A challenge, and what is certain of it before anybody reads it. */
export interface Mutant {
  readonly sent: Sent
  /** Whether nothing was done to it behind the writer's back. */
  readonly isWhole: boolean
  /** Whether the writer put a foreign key into it. */
  readonly isForeign: boolean
}

/** The challenge of that number. */
export function mutantOf(seed: number): Mutant {
  const chance = chanceOf(seed)
  const system = chance.one(['widevine', 'playready', 'fairplay'] as const)
  const wrote = new Set<string>()
  const kid = (): string => {
    const chosen = chance.below(4) === 0 ? foreign : chance.one(own)
    wrote.add(chosen)
    return chosen
  }
  const sent = writers[system](chance, kid)
  const isWhole = chance.below(5) === 0
  const body = isWhole ? sent.body : damaged(Buffer.from(sent.body), chance, words[system])
  return { sent: { ...sent, body }, isWhole, isForeign: wrote.has(foreign) }
}

/** Numbers that follow from the first (mulberry32). */
interface Chance {
  readonly below: (limit: number) => number
  readonly one: <T>(list: readonly T[]) => T
}

function chanceOf(seed: number): Chance {
  let state = seed | 0
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
  const one = <T>(list: readonly T[]): T => {
    const chosen = list[below(list.length)]
    if (chosen === undefined) throw new Error('expected a list with something in it')
    return chosen
  }
  return { below, one }
}

type Writer = (chance: Chance, kid: () => string) => Sent
const dashed = (kid: string): string => kid.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
const kidsOf = (chance: Chance, kid: () => string): string[] =>
  Array.from({ length: 1 + chance.below(3) }, kid)
const playReadyObject = (kids: readonly string[]): Uint8Array =>
  writePlayReady(wrmHeaderOf(kids.map(dashed), 'cbcs'))

const writers: Readonly<Record<Sent['system'], Writer>> = {
  widevine: (chance, kid) => {
    const data = (): Buffer => psshData(...kidsOf(chance, kid))
    const box = (): Buffer =>
      chance.one([
        () => psshBox(SYSTEM.widevine, data()),
        () => psshBox(SYSTEM.widevine, data(), kidsOf(chance, kid)),
        () => psshBox(SYSTEM.common, Buffer.alloc(0), kidsOf(chance, kid)),
        () => psshBox(SYSTEM.playready, playReadyObject(kidsOf(chance, kid))),
      ])()
    const variant = (): Buffer =>
      chance.one([
        () => content.pssh(data()),
        () => content.pssh(data(), data()),
        () => content.pssh(box()),
        () => content.webm(kidBytes(kid())),
        () => content.init(kidBytes(kid()), 2),
        () => content.init(box()),
        () => content.init(Buffer.concat([box(), box()]), 1),
      ])()
    const bodies = chance.one([
      () => [field(2, variant())],
      () => [field(2, variant()), field(2, variant())],
      () => [Buffer.concat([field(2, variant()), number(3, 1), field(2, content.pssh(data()))])],
    ])
    const body = chance.below(2) === 0 ? request(variant()) : signed(...bodies())
    return { system: 'widevine', body, headers: { 'content-type': 'application/octet-stream' } }
  },
  playready: (chance, kid) => {
    const plain = (): string => {
      const text = header(chance.one([0, 1, 2, 3] as const), kidsOf(chance, kid))
      return chance.one([
        () => text,
        () => text,
        () =>
          text.replace('<WRMHEADER xmlns=', '<p:WRMHEADER xmlns:p=').replace('</WRMHEADER', '</p:WRMHEADER'),
        () => text.replace('<DATA>', '<!-- </WRMHEADER> --><DATA>'),
        () => text.replaceAll('"', "'"),
      ])()
    }
    const inHeader = chance.one([
      plain,
      () => plain() + plain(),
      () => `<![CDATA[${plain()}]]>`,
      () => plain().replaceAll('&', '&amp;').replaceAll('<', '&lt;'),
      () => Buffer.from(playReadyObject(kidsOf(chance, kid))).toString('base64'),
    ])
    const text = chance.below(8) === 0 ? envelope('AcknowledgeLicense', plain()) : acquire(inHeader())
    const body = chance.one([
      () => Buffer.from(text),
      () => Buffer.from(`\ufeff${text}`),
      () => utf16(text),
      () => utf16(text, { isBig: true, hasMark: chance.below(2) === 0 }),
    ])()
    return { system: 'playready', body, headers: { 'content-type': 'text/xml; charset=utf-8' } }
  },
  fairplay: (chance, kid) => {
    const id = (): string =>
      `${chance.one(['skd://', ''])}vod/film?kid=${chance.one([dashed, (bare: string) => bare])(kid())}`
    const sealed = spc().toString('base64')
    const form = (): string =>
      [
        `spc=${encodeURIComponent(sealed)}`,
        ...kidsOf(chance, id).map((one) => `assetId=${encodeURIComponent(one)}`),
      ].join('&')
    const json = (): string =>
      `{"spc":"${sealed}",${kidsOf(chance, id)
        .map((one) => `"assetId":"${one}"`)
        .join(',')}}`
    const headers = (type: string) => ({ 'content-type': type })
    return chance.one<() => Sent>([
      () => ({
        system: 'fairplay',
        body: Buffer.from(form()),
        headers: headers('application/x-www-form-urlencoded'),
      }),
      () => ({
        system: 'fairplay',
        body: Buffer.from(json()),
        headers: headers('Application/JSON; charset=utf-8'),
      }),
      () => ({
        system: 'fairplay',
        body: spc(),
        headers: headers('application/octet-stream'),
        query: `token=x&assetId=${encodeURIComponent(id())}`,
      }),
    ])()
  },
}

/** What a forger would put in. */
const words: Readonly<Record<Sent['system'], readonly (string | Buffer)[]>> = {
  widevine: [
    kidBytes(foreign),
    psshData(foreign),
    content.pssh(psshData(foreign)),
    content.webm(kidBytes(foreign)),
    content.init(kidBytes(foreign), 2),
    field(2, content.pssh(psshData(foreign))),
    field(2, field(2, content.pssh(psshData(foreign)))),
    psshBox(SYSTEM.widevine, psshData(foreign)),
    field(16, kidBytes(foreign)),
    field(5, content.pssh(psshData(foreign))),
    field(4, 'vod/other'),
    number(1, 2),
    number(3, 2),
  ],
  playready: [
    guid(foreign),
    `<KID>${guid(foreign)}</KID>`,
    `<KID VALUE="${guid(foreign)}"/>`,
    `<KID VALUE="${guid(foreign)}">${guid(own[0])}</KID>`,
    ` VALUE="${guid(foreign)}"`,
    '<KID',
    `<x:KID xmlns:x="y">${guid(foreign)}</x:KID>`,
    `<ContentHeader>${header(2, [foreign])}</ContentHeader>`,
    header(0, [foreign]),
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?',
    '?>',
    '&lt;',
    '"',
    "'",
    '>',
    '</WRMHEADER>',
    '</KID>',
    '<DATA>',
    '\0',
  ],
  fairplay: [
    foreign,
    dashed(foreign),
    `skd://vod/film?kid=${dashed(foreign)}`,
    `&assetId=vod/film?kid=${foreign}`,
    `;assetId=vod/film?kid=${foreign}`,
    `,"assetId":"vod/film?kid=${foreign}"`,
    `&asset-id=vod%2Ffilm%3Fkid%3D${foreign}`,
    '%26',
    '%',
    '"',
    '\\',
    '\\u0022',
    '&',
    '=',
    ',',
    '{',
    '}',
  ],
}

/** A few harms: bytes changed, left out, said twice, words put in; in UTF-16 words are of its width. */
function damaged(body: Buffer, chance: Chance, said: readonly (string | Buffer)[]): Buffer {
  let bytes = body
  for (let left = 1 + chance.below(3); left > 0; left--) bytes = harmed(bytes, chance, said)
  return bytes
}

function harmed(body: Buffer, chance: Chance, said: readonly (string | Buffer)[]): Buffer {
  const at = chance.below(body.length + 1)
  const size = chance.below(24)
  const around = (...middle: readonly Buffer[]): Buffer =>
    Buffer.concat([body.subarray(0, at), ...middle, body.subarray(at)])
  switch (chance.below(6)) {
    case 0: {
      const changed = Buffer.from(body)
      if (at < changed.length) changed[at] = chance.below(256)
      return changed
    }
    case 1:
      return Buffer.concat([body.subarray(0, at), body.subarray(at + size)])
    case 2:
      return around(body.subarray(at, at + size))
    case 3:
      return Buffer.concat([body.subarray(0, Math.max(0, at - size)), body.subarray(at)])
    default: {
      const word = chance.one(said)
      const isWide = body.includes('<\0') || body.includes('\0<')
      if (typeof word !== 'string') return around(word)
      return around(Buffer.from(word, isWide && chance.below(4) > 0 ? 'utf16le' : 'utf8'))
    }
  }
}
