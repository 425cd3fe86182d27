/** WidevinePsshData, the data of Widevine's pssh: all keys and content ids in it. */
import { HeadendError } from '../../errors.ts'
import { hexText } from '../uuid.ts'
import { type MessageShape, readMessage } from './message.ts'

/** The requested keys. */
export interface NamedKeys {
  /** 32 hex digits each. */
  readonly kids: readonly string[]
  /** Widevine's own servers derive keys from these. */
  readonly contentIds: readonly Uint8Array[]
}

/** Reads the message; a group's licence may contain keys of any content of the group, and is refused. */
export function readNamedKeys(bytes: Uint8Array): NamedKeys {
  const data = readMessage(bytes, DATA)
  if ([...data.all(8), ...data.all(13)].length > 0) throw refused('names a group of contents')
  const entitled = data.all(14).map((key) => readMessage(key, ENTITLED_KEY))
  const kids = [...data.all(2), ...entitled.flatMap((key) => [...key.all(1), ...key.all(2)])]
  const wrong = kids.find(({ length }) => length !== 16)
  if (wrong) throw refused(`expected key ids of 16 bytes, got one of ${wrong.length}`)
  if (kids.length === 0) throw refused('names no key id')
  return { kids: kids.map(hexText), contentIds: data.all(4) }
}

const DATA: MessageShape = {
  name: 'WidevinePsshData',
  numbers: [1, 7, 9, 10, 11, 12],
  // 15 is video_feature.
  bytes: [2, 3, 4, 5, 6, 8, 13, 14, 15],
  namesKeys: true,
}
const ENTITLED_KEY: MessageShape = { name: 'EntitledKey', numbers: [5], bytes: [1, 2, 3, 4], namesKeys: true }

function refused(text: string): HeadendError {
  return new HeadendError('WIDEVINE_CHALLENGE', `WidevinePsshData: ${text}`)
}
