/**
 * A section as JSON, to print and edit. What is as the standard wants it is left out (reserved bits of ones, no
 * stuffing, sapType 3); what is read back gives the same bytes.
 */
import { HeadendError } from '../../errors.ts'
import { hexText } from '../uuid.ts'
import { commandTypeOf } from './command.ts'
import { commandJson, commandOfJson } from './json-command.ts'
import { descriptorJson, descriptorOfJson } from './json-descriptor.ts'
import { hexMember, JsonFields, type JsonObject, unlessUsual } from './json-fields.ts'
import type { ClearContent, EncryptedContent, SpliceInfoSection } from './section.ts'

/** A section as an object of JSON. */
export function sectionJson(section: SpliceInfoSection): JsonObject {
  const { content } = section
  return {
    ...unlessUsual(3, 'sapType', section.sapType),
    ...unlessUsual(false, 'privateIndicator', section.privateIndicator),
    ...unlessUsual(0, 'protocolVersion', section.protocolVersion),
    encrypted: content.kind === 'encrypted',
    ...unlessUsual(0, 'encryptionAlgorithm', section.encryptionAlgorithm),
    ptsAdjustment: section.ptsAdjustment,
    cwIndex: section.cwIndex,
    tier: section.tier,
    ...(content.kind === 'encrypted'
      ? { commandLength: content.commandLength, encryptedHex: hexText(content.bytes) }
      : clearJson(content)),
  }
}

/** The section of such a text; lengths in it are not looked at, they follow from what they are of. */
export function sectionOfJson(text: string): SpliceInfoSection {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new HeadendError('SCTE35_JSON', `expected JSON: ${(cause as Error).message}`, { cause })
  }
  const fields = new JsonFields(value, '')
  return {
    sapType: fields.number('sapType', 3),
    privateIndicator: fields.flag('privateIndicator', false),
    protocolVersion: fields.number('protocolVersion', 0),
    encryptionAlgorithm: fields.number('encryptionAlgorithm', 0),
    ptsAdjustment: fields.number('ptsAdjustment'),
    cwIndex: fields.number('cwIndex'),
    tier: fields.number('tier'),
    content: fields.flag('encrypted') ? encryptedOfJson(fields) : clearOfJson(fields),
  }
}

function clearJson({ command, hasLegacyLength, descriptors, stuffing }: ClearContent): JsonObject {
  return {
    commandType: commandTypeOf(command),
    ...unlessUsual(false, 'legacyCommandLength', hasLegacyLength),
    command: commandJson(command),
    descriptors: descriptors.map(descriptorJson),
    ...hexMember('stuffingHex', stuffing),
  }
}

function clearOfJson(fields: JsonFields): ClearContent {
  return {
    kind: 'clear',
    command: commandOfJson(fields.number('commandType'), fields.object('command')),
    hasLegacyLength: fields.flag('legacyCommandLength', false),
    descriptors: fields.objects('descriptors').map(descriptorOfJson),
    stuffing: fields.hex('stuffingHex', ''),
  }
}

function encryptedOfJson(fields: JsonFields): EncryptedContent {
  return {
    kind: 'encrypted',
    commandLength: fields.number('commandLength'),
    bytes: fields.hex('encryptedHex'),
  }
}
