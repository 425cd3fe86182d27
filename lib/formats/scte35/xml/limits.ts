/** Which values the elements of SCTE 35's XML can say, and which only `Binary` can. */
import type { SpliceCommand } from '../command.ts'
import type { SpliceDescriptor } from '../descriptors.ts'
import type { ClearContent, SpliceInfoSection } from '../section.ts'

/** Whether every value of a section has a place in the elements, and the schema lets it stand there. */
export function hasXmlForm(section: SpliceInfoSection, content: ClearContent): boolean {
  return (
    section.protocolVersion === 0 &&
    !section.privateIndicator &&
    section.encryptionAlgorithm === 0 &&
    hasCommandForm(content.command) &&
    content.descriptors.every(hasDescriptorForm)
  )
}

function hasCommandForm(command: SpliceCommand): boolean {
  if ('rest' in command && command.rest !== undefined) return false
  if (command.kind === 'insert')
    return !command.splice || command.splice.programSplice || hasAny(command.splice.components)
  return (
    command.kind !== 'schedule' ||
    command.events.every(({ splice }) => !splice || splice.programSplice || hasAny(splice.components))
  )
}

function hasDescriptorForm(descriptor: SpliceDescriptor): boolean {
  if ('rest' in descriptor && descriptor.rest !== undefined) return false
  switch (descriptor.kind) {
    case 'segmentation': {
      const components = descriptor.segment?.components
      return components === undefined || hasAny(components)
    }
    case 'dtmf':
      return /^[0-9#*]+$/.test(descriptor.chars)
    case 'audio':
      return (
        hasAny(descriptor.channels) && descriptor.channels.every(({ language }) => LANGUAGE.test(language))
      )
    case 'avail':
    case 'time':
    case 'private':
    case 'unreadable':
      return true
  }
}

const hasAny = (list: readonly unknown[] | undefined): boolean => list !== undefined && list.length > 0

const LANGUAGE = /^[a-z]{3}$/i
