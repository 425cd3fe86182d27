/** FairPlay Streaming: has no public pssh format, but a `skd://` URI that names the key. */
import { HeadendError } from '../../errors.ts'
import { hexText, isUuid, uuidBytes, uuidText } from '../uuid.ts'

/** KEYFORMAT of FairPlay; KEYFORMATVERSIONS is 1. */
export const FAIRPLAY_KEY_FORMAT = 'com.apple.streamingkeydelivery'

/** The URI for a key of a content: the licence server extracts the kid from it. */
export function skdUri(contentId: string, kid: string): string {
  return `skd://${contentId.split('/').map(encodeURIComponent).join('/')}?kid=${kid.toLowerCase()}`
}

/** Parses the URI of `skdUri`; many players remove `skd://`. Undefined for other text. */
export function readSkdUri(text: string): { readonly contentPath: string; readonly kid: string } | undefined {
  const { contentPath, kid } = SKD_URI.exec(text)?.groups ?? {}
  return contentPath === undefined || kid === undefined
    ? undefined
    : { contentPath, kid: uuidText(uuidBytes(kid)) }
}

const SKD_URI =
  /^(?:skd:\/\/)?(?<contentPath>[^?#&;\s]+)\?kid=(?<kid>[\da-f]{32}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i

/** The part after `skd://`, in a URI or in the init data of an encrypted event (UTF-16LE or UTF-8). */
export function skdContentId(uriOrInitData: string | Uint8Array): string {
  const text = typeof uriOrInitData === 'string' ? uriOrInitData : initDataText(uriOrInitData)
  const at = text.indexOf(SCHEME)
  if (at < 0 || at + SCHEME.length === text.length)
    throw new HeadendError('FAIRPLAY_URI', `expected a skd:// URI, got ${text.length} characters without`)
  return text.slice(at + SCHEME.length)
}

/** The kid in a `skd://` URI, as `kid`, `keyId` or one of its parts; undefined if there is none. */
export function skdKid(uri: string): string | undefined {
  for (const word of skdContentId(uri).split(/[/?&=;:]/)) {
    if (isUuid(word)) return word.toLowerCase()
    if (/^[\da-f]{32}$/i.test(word)) return uuidText(uuidBytes(word))
  }
  return undefined
}

const SCHEME = 'skd://'

function initDataText(bytes: Uint8Array): string {
  // s 0 k 0: UTF-16LE; both forms have a length word in front, which the search skips
  const isWide = hexText(bytes).includes('73006b0064003a00')
  const start = isWide ? bytes.findIndex((byte, i) => byte === 0x73 && bytes[i + 2] === 0x6b) : 0
  return new TextDecoder(isWide ? 'utf-16le' : 'utf-8').decode(bytes.subarray(start))
}
