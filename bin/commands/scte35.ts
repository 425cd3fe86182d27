/** `headend scte35 decode|encode|to-xml`: ad markers, taken apart and put together. */
import { text } from 'node:stream/consumers'
import { base64Text } from '../../lib/formats/base64.ts'
import {
  describeSection,
  sectionJson,
  sectionOfJson,
  sectionOfText,
  sectionXml,
  writeSpliceInfoSection,
} from '../../lib/formats/scte35/index.ts'
import { type Command, parse } from './command.ts'

const decodeUsage = 'scte35 decode BASE64|0xHEX [--json]'
const toXmlUsage = 'scte35 to-xml BASE64|0xHEX'
const encodeUsage = 'scte35 encode < FILE.json'

export const scte35DecodeCommand: Command = {
  name: 'scte35 decode',
  usage: decodeUsage,
  summary: 'prints what an ad marker (SCTE 35) says; --json has all of it, to change and encode again',
  async run(args) {
    const { values, positionals } = parse(args, {
      options: { json: { type: 'boolean' } },
      positionals: 1,
      usage: decodeUsage,
    })
    const section = sectionOfText(positionals[0] ?? '')
    if (values.json) return `${JSON.stringify(sectionJson(section), null, 2)}\n`
    return `${describeSection(section).join('\n')}\n`
  },
}

export const scte35EncodeCommand: Command = {
  name: 'scte35 encode',
  usage: encodeUsage,
  summary: 'prints the ad marker of what decode --json printed, in base64; lengths and CRC are made anew',
  async run(args) {
    parse(args, { options: {}, positionals: 0, usage: encodeUsage })
    return `${base64Text(writeSpliceInfoSection(sectionOfJson(await text(process.stdin))))}\n`
  },
}

export const scte35ToXmlCommand: Command = {
  name: 'scte35 to-xml',
  usage: toXmlUsage,
  summary: 'prints an ad marker as the XML of SCTE 35, in base64 where its elements can not say it',
  async run(args) {
    const { positionals } = parse(args, { options: {}, positionals: 1, usage: toXmlUsage })
    return sectionXml(sectionOfText(positionals[0] ?? ''))
  },
}
