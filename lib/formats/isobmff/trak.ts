/** TrackBox and what hangs below it but the sample tables (ISO/IEC 14496-12 8.3.1). */
import { HeadendError } from '../../errors.ts'
import { type Box, boxes, children, need } from './box.ts'
import { readDref } from './dref.ts'
import { readElng } from './elng.ts'
import { type Edit, readElst } from './elst.ts'
import { readHdlr } from './hdlr.ts'
import { type MediaHeader, readMdhd } from './mdhd.ts'
import { firstEntry, readStsd } from './stsd.ts'
import { readTkhd, type TrackHeader } from './tkhd.ts'
import { readHandlerName, readUserName } from './track-name.ts'

/** One track as the file describes it. */
export interface Trak {
  readonly header: TrackHeader
  readonly media: MediaHeader
  /** BCP 47, where the file has an `elng`. */
  readonly languageTag?: string
  readonly handler: string
  /** What people call it, where the file has a name for it. */
  readonly name?: string
  readonly edits: readonly Edit[]
  /** Sample entries, unread. */
  readonly entries: readonly Box[]
  /** For each data reference, whether its media lies in this file. */
  readonly inThisFile: readonly boolean[]
  /** `stbl`: `readSampleTable` reads it, which costs memory in proportion to the samples. */
  readonly sampleTable: Box
}

/** What can be told of a track that can't be read. */
export interface TrakGlance {
  readonly handler?: string
  /** Four-cc of its samples. */
  readonly entry?: string
}

/** Looks as far as boxes can be followed. */
export function glanceTrak(box: Box): TrakGlance {
  const mdia = childOf(box, 'mdia')
  const hdlr = childOf(mdia, 'hdlr')
  const stsd = childOf(childOf(childOf(mdia, 'minf'), 'stbl'), 'stsd')
  const handler = attempted(() => hdlr && readHdlr(hdlr))
  const entry = attempted(() => stsd && firstEntry(stsd))
  return { ...(handler && { handler }), ...(entry && { entry }) }
}

function childOf(box: Box | undefined, type: string): Box | undefined {
  return attempted(() => {
    for (const child of box ? boxes(box.body) : []) if (child.type === type) return child
    return undefined
  })
}

function attempted<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof HeadendError) return undefined
    throw error
  }
}

/** Reads it; throws where a box the track can't do without is missing or broken. */
export function readTrak(box: Box): Trak {
  const trak = children(box)
  const mdiaBox = need(trak, 'mdia', box)
  const mdia = children(mdiaBox)
  const minfBox = need(mdia, 'minf', mdiaBox)
  const minf = children(minfBox)
  const stblBox = need(minf, 'stbl', minfBox)
  const stbl = children(stblBox)
  const edts = trak.get('edts')
  const elst = edts && children(edts).get('elst')
  const elng = mdia.get('elng')
  const dinf = minf.get('dinf')
  const udta = trak.get('udta')
  const hdlr = need(mdia, 'hdlr', mdiaBox)
  // Names are a kindness: broken ones keep nobody from anything.
  const name = attempted(() => udta && readUserName(udta)) ?? attempted(() => readHandlerName(hdlr))
  const dref = dinf && children(dinf).get('dref')
  return {
    header: readTkhd(need(trak, 'tkhd', box)),
    media: readMdhd(need(mdia, 'mdhd', mdiaBox)),
    ...(elng && { languageTag: readElng(elng) }),
    handler: readHdlr(hdlr),
    ...(name && { name }),
    edits: elst ? readElst(elst) : [],
    entries: readStsd(need(stbl, 'stsd', stblBox)),
    inThisFile: dref ? readDref(dref) : [true],
    sampleTable: stblBox,
  }
}
