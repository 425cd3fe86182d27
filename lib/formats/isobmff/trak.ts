/** TrackBox and its descendants except the sample tables (ISO/IEC 14496-12 8.3.1). */
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
  /** BCP 47, if the file has an `elng`. */
  readonly languageTag?: string
  readonly handler: string
  /** The display name, if the file has one. */
  readonly name?: string
  readonly edits: readonly Edit[]
  /** Unparsed sample entries. */
  readonly entries: readonly Box[]
  /** For each data reference: true if its media is in this file. */
  readonly inThisFile: readonly boolean[]
  /** `stbl`, unparsed: `readSampleTable` takes memory in proportion to the samples. */
  readonly sampleTable: Box
}

/** The facts available about a track that can't be read. */
export interface TrakGlance {
  readonly handler?: string
  /** Four-cc of its sample entry. */
  readonly entry?: string
}

/** Reads as far as boxes are intact. */
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

/** Reads it; throws if a required box is missing or invalid. */
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
  // Names are optional: invalid ones are ignored.
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
