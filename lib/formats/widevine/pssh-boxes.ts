/** The pssh boxes in a challenge: those of all systems in the init data that a page passed to its CDM. */
import { HeadendError } from '../../errors.ts'
import { readHeaderObject } from '../playready/header-object.ts'
import { type PsshBox, readPssh } from '../pssh/box.ts'
import { SYSTEM } from '../pssh/systems.ts'
import { type NamedKeys, readNamedKeys } from './named-keys.ts'

/** The keys of concatenated boxes: those in their lists, and those in their systems' data. */
export function readBoxes(bytes: Uint8Array): NamedKeys {
  const read = readPssh(bytes).map((box) => ({ kids: box.kids.map(bare), inData: dataKeys(box) }))
  return {
    kids: read.flatMap(({ kids, inData }) => [...kids, ...inData.kids]),
    contentIds: read.flatMap(({ inData }) => inData.contentIds),
  }
}

function dataKeys({ systemId, data, rest }: PsshBox): NamedKeys {
  if (rest) throw refused(`expected the end of a box behind its data, got ${rest.length} bytes`)
  if (data.length === 0) return { kids: [], contentIds: [] }
  if (systemId === SYSTEM.widevine) return readNamedKeys(data)
  if (systemId === SYSTEM.playready) return { kids: readHeaderObject(data), contentIds: [] }
  throw refused(`expected data of Widevine or PlayReady, got that of ${systemId}, which may name keys`)
}

function bare(kid: string): string {
  return kid.replaceAll('-', '')
}

function refused(text: string): HeadendError {
  return new HeadendError('WIDEVINE_CHALLENGE', `init data: ${text}`)
}
