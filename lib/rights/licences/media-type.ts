/** Content-Type parsing (RFC 9110 8.3). */
import { HeadendError } from '../../errors.ts'

/** A media type in lower case; without a header the name is empty. */
export interface MediaType {
  readonly name: string
  readonly charset?: string | undefined
  /** Parameter of SOAP 1.2 (RFC 3902), case preserved. */
  readonly action?: string | undefined
}

/** Parses the header; refuses several media types or a repeated parameter, since readers differ in which one counts. */
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
