/** What a content-type header says (RFC 9110 8.3). */
import { HeadendError } from '../../errors.ts'

/** A media type, lower case; without a header its name is empty. */
export interface MediaType {
  readonly name: string
  readonly charset?: string | undefined
  /** Of SOAP 1.2 (RFC 3902), as it stands. */
  readonly action?: string | undefined
}

/** Reads the header; refuses one that is several, or says a thing twice, for readers differ in which of them counts. */
export function mediaTypeOf(header = ''): MediaType {
  const [name = '', ...rest] = header.split(';').map((part) => part.trim())
  if (name !== '' && !/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(name)) throw refused()
  const parameters = new Map<string, string>()
  for (const part of rest) {
    if (part === '') continue
    const { key = '', quoted, bare = '' } = parameter.exec(part)?.groups ?? {}
    if (key === '' || parameters.has(key.toLowerCase())) throw refused()
    parameters.set(key.toLowerCase(), quoted ?? bare)
  }
  return {
    name: name.toLowerCase(),
    charset: parameters.get('charset')?.toLowerCase(),
    action: parameters.get('action'),
  }
}

const parameter = /^(?<key>[\w!#$&^.+-]+)=(?:"(?<quoted>[^"\\,]*)"|(?<bare>[^\s",]+))$/

const refused = (): HeadendError =>
  new HeadendError('LICENCE_CONTENT_TYPE', 'expected one media type in content-type, got another thing')
