/** SegmentationUpid elements, both ways: their format is always said, and guessed only where others did not say it. */
import { HeadendError } from '../../../errors.ts'
import { base64Bytes } from '../../base64.ts'
import { hexBytes, hexText } from '../../uuid.ts'
import type { XmlElement } from '../../xml/print.ts'
import { contentOf, type XmlNode } from '../../xml/tree.ts'
import type { Upid } from '../segmentation.ts'
import { isTextUpid, splitMid, UPID_TYPE } from '../upid.ts'
import { numberOf, optionalNumberOf, refuseXml, textOf } from './fields.ts'

/** The elements of a UPID: one for each of a list, none for none. */
export function upidElements(upid: Upid): XmlElement[] {
  if (upid.type === UPID_TYPE.none && upid.bytes.length === 0) return []
  const parts = upid.type === UPID_TYPE.mid ? splitMid(upid.bytes) : undefined
  // A list of one could not be told from what is in it.
  return parts && parts.length > 1 ? parts.map(upidElement) : [upidElement(upid)]
}

/** The UPID of such elements. */
export function upidOfNodes(nodes: readonly XmlNode[]): Upid {
  const parts = nodes.map((node) => ({ node, upid: upidOfNode(node) }))
  const [only] = parts
  if (!only) return { type: UPID_TYPE.none, bytes: new Uint8Array(0) }
  if (parts.length === 1) return only.upid
  const bytes = parts.flatMap(({ node, upid }) => {
    if (upid.bytes.length > 0xff)
      throw new HeadendError('SCTE35_XML', `line ${node.line}: expected a UPID of at most 255 bytes`)
    return [upid.type, upid.bytes.length, ...upid.bytes]
  })
  return { type: UPID_TYPE.mid, bytes: Uint8Array.from(bytes) }
}

/** The bytes of a UPID by its text, if nothing says in which format that is. */
export function upidOfText(type: number, text: string): Upid {
  return { type, bytes: isTextUpid(type) ? utf8(text) : guessed(type, text) }
}

function upidElement({ type, bytes }: Upid): XmlElement {
  const isManaged = type === UPID_TYPE.mpu && bytes.length >= 4
  const formatIdentifier = isManaged
    ? new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0)
    : undefined
  const data = isManaged ? bytes.subarray(4) : bytes
  const text = isTextUpid(type) ? tokenOf(data) : undefined
  return {
    name: 'SegmentationUpid',
    attributes: {
      segmentationUpidType: type,
      formatIdentifier,
      segmentationUpidFormat: text === undefined ? 'hexbinary' : 'text',
    },
    children: bytes.length === 0 ? [] : [text ?? hexText(data)],
  }
}

/** Bytes as a text that white space and markup of XML leave as it is; undefined if it would not. */
function tokenOf(bytes: Uint8Array): string | undefined {
  const text = String.fromCharCode(...bytes)
  return /^[!-%'-;=?-~]+(?: [!-%'-;=?-~]+)*$/.test(text) ? text : undefined
}

function upidOfNode(node: XmlNode): Upid {
  const type = numberOf(node, 'segmentationUpidType', 0)
  if (type > 0xff) refuseXml(node, 'segmentationUpidType', 'a byte', String(type))
  const formatIdentifier = optionalNumberOf(node, 'formatIdentifier')
  const { bytes } = formatted(node, type)
  if (formatIdentifier === undefined) return { type, bytes }
  if (formatIdentifier > 0xffffffff)
    refuseXml(node, 'formatIdentifier', 'a number of 32 bits', String(formatIdentifier))
  const out = new Uint8Array(4 + bytes.length)
  new DataView(out.buffer).setUint32(0, formatIdentifier)
  out.set(bytes, 4)
  return { type, bytes: out }
}

function formatted(node: XmlNode, type: number): Upid {
  const text = contentOf(node)
  const format = textOf(node, 'segmentationUpidFormat')
  switch (format) {
    case undefined:
      return upidOfText(type, text)
    case 'text':
      return { type, bytes: utf8(text) }
    case 'hexbinary':
      return { type, bytes: hexBytes(text, 'SegmentationUpid') }
    case 'base-64':
      return { type, bytes: base64Bytes(text, 'SegmentationUpid') }
    default:
      return refuseXml(node, 'segmentationUpidFormat', 'text, hexbinary or base-64', format)
  }
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** What is not a text by the standard: hex in any grouping, the numbers of TI in decimals, an EIDR as a DOI. */
function guessed(type: number, text: string): Uint8Array {
  if (type === 0x08 && /^\d{1,20}$/.test(text) && text.length !== 16) return bigEndian(BigInt(text))
  const doi = type === 0x0a ? /^10\.(\d{1,5})\/([\dA-F-]{24})-[\dA-Z]$/i.exec(text) : undefined
  const hex = doi
    ? Number(doi[1]).toString(16).padStart(4, '0') + (doi[2] ?? '').replaceAll('-', '')
    : text.replace(/^0x/i, '').replaceAll(/[-.\s]/g, '')
  return hex.length % 2 === 0 && /^[\da-f]*$/i.test(hex) ? hexBytes(hex, 'UPID') : utf8(text)
}

function bigEndian(value: bigint): Uint8Array {
  const out = new Uint8Array(8)
  new DataView(out.buffer).setBigUint64(0, value)
  return out
}
