/** Rules of what a CMAF header says of protection (ISO/IEC 14496-12 8.12, 23001-7 4, 8, CMAF 8.2). */
import { type Atom, atomsOf, child, fields, uint, version, within, word } from './boxes.ts'
import type { Findings } from './clauses.ts'
import { entryFields } from './codec-string.ts'

/** What `sinf` says of a track's samples. */
export interface CmafProtection {
  /** `cenc` or `cbcs`, as far as the header keeps to the rules. */
  readonly scheme: string
  /** 32 hex digits. */
  readonly kid: string
  /** 0 where all samples use the constant one. */
  readonly ivBytes: number
  readonly constantIv: Uint8Array | undefined
  readonly crypt: number
  readonly skip: number
}

const where = 'init'
const sealedAs: Readonly<Record<string, string>> = { vide: 'encv', soun: 'enca', text: 'enct', subt: 'enct' }

/**
 * Judges a sample entry and the `pssh` beside it. Gives the entry under the name it had, which is what all other
 * rules are about; without protection the entry as it is.
 */
export function unsealed(
  entry: Atom,
  { handler, moov }: { readonly handler: string; readonly moov: Atom },
  findings: Findings,
): { readonly entry: Atom; readonly protection?: CmafProtection } {
  const want = findings.want.bind(findings)
  const boxes = moov.children.filter(({ type }) => type === 'pssh')
  const parts = entry.type === 'stpp' ? [] : within(entry, entryFields[handler] ?? 8)
  const infos = parts.filter(({ type }) => type === 'sinf')
  const [sinf] = infos
  const isSealed = /^enc[vatsm]$/.test(entry.type)
  want(
    isSealed === (infos.length === 1) && infos.length < 2,
    'protection.entry',
    where,
    `${entry.type} with ${infos.length} sinf`,
  )
  if (!sinf) {
    want(boxes.length === 0, 'protection.pssh', where, 'pssh of a track that is not protected')
    return { entry }
  }
  want(entry.type === sealedAs[handler], 'protection.entry', where, `${entry.type} of ${handler}`)
  const inside = atomsOf(fields(sinf))
  const [frma, schm, schi] = inside
  const order = inside.map(({ type }) => type).join(' ')
  want(order === 'frma schm schi', 'protection.entry', where, `sinf holds ${order}`)
  const tenc = child(schi, 'tenc')
  if (frma?.type !== 'frma' || schm?.type !== 'schm' || !tenc) {
    want(false, 'protection.entry', where, 'sinf without frma, schm or tenc')
    return { entry }
  }
  const original = word(frma, 0)
  want(!original.startsWith('enc'), 'protection.entry', where, `frma ${original}`)
  const scheme = word(schm, 4)
  want(
    (scheme === 'cenc' || scheme === 'cbcs') && uint(schm, 8, 4) === 0x10000 && uint(schm, 0, 4) === 0,
    'protection.scheme',
    where,
    `${scheme} of version ${uint(schm, 8, 4).toString(16)}, flags ${uint(schm, 0, 4)}`,
  )
  const protection = trackEncryption(tenc, { scheme, handler }, findings)
  for (const pssh of boxes) psshRules(pssh, protection.kid, findings)
  return { entry: { ...entry, type: original }, protection }
}

/** 8.2.2: what follows the KID is there where samples bring no IV of their own, and nowhere else. */
function trackEncryption(
  tenc: Atom,
  { scheme, handler }: { readonly scheme: string; readonly handler: string },
  findings: Findings,
): CmafProtection {
  const want = findings.want.bind(findings)
  const pattern = uint(tenc, 5, 1)
  const [crypt, skip, ivBytes] = [pattern >> 4, pattern & 15, uint(tenc, 7, 1)]
  const isPatterned = scheme === 'cbcs'
  want(
    version(tenc) === (isPatterned ? 1 : 0) && uint(tenc, 0, 4) % 2 ** 24 === 0 && uint(tenc, 4, 1) === 0,
    'protection.tenc',
    where,
    `tenc of version ${version(tenc)} for ${scheme}`,
  )
  want(uint(tenc, 6, 1) === 1, 'protection.tenc', where, 'samples are said to be clear')
  const wanted = isPatterned && handler === 'vide' ? [1, 9] : [0, 0]
  want(
    crypt === wanted[0] && skip === wanted[1],
    'protection.pattern',
    where,
    `${crypt}:${skip} of ${handler} under ${scheme}`,
  )
  const kid = Buffer.from(fields(tenc, 8, 24)).toString('hex')
  want(kid.length === 32 && !/^0+$/.test(kid), 'protection.tenc', where, `default_KID ${kid}`)
  const constantBytes = ivBytes === 0 ? uint(tenc, 24, 1) : 0
  const length = 24 + (ivBytes === 0 ? 1 + constantBytes : 0)
  const fits = scheme === 'cbcs' ? ivBytes === 0 && constantBytes === 16 : ivBytes === 8 || ivBytes === 16
  want(
    fits && tenc.bytes.length - tenc.body === length,
    'protection.iv',
    where,
    `IVs of ${ivBytes} and ${constantBytes} bytes under ${scheme}, tenc of ${tenc.bytes.length} bytes`,
  )
  return {
    scheme,
    kid,
    ivBytes,
    constantIv: ivBytes === 0 ? fields(tenc, 25, 25 + constantBytes) : undefined,
    crypt,
    skip,
  }
}

/** 8.1: of version 1 it lists key ids, and a player must find this track's among them. */
function psshRules(pssh: Atom, kid: string, findings: Findings): void {
  const kids: string[] = []
  let at = 20
  if (version(pssh) === 1) {
    const count = uint(pssh, at, 4)
    at += 4
    for (let i = 0; i < count && at + 16 <= pssh.bytes.length; i++, at += 16)
      kids.push(Buffer.from(fields(pssh, at, at + 16)).toString('hex'))
  }
  const fills = at + 4 + uint(pssh, at, 4) === pssh.bytes.length - pssh.body
  findings.want(
    version(pssh) <= 1 && fills && (version(pssh) === 0 || kids.includes(kid)),
    'protection.pssh',
    where,
    `pssh of version ${version(pssh)} for ${kids.join(' ')}, the track has ${kid}`,
  )
}
