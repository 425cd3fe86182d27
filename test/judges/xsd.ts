/** MPDs against the schema of ISO/IEC 23009-1, by libxml2. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  ParseOption,
  XmlBufferInputProvider,
  XmlDocument,
  XmlError,
  XmlLibError,
  XsdValidator,
  xmlRegisterInputProvider,
} from 'libxml2-wasm'
import { corpus } from './corpus.ts'

/** What the schema says against an MPD; empty where it is valid. */
export async function validateMpd(text: string): Promise<string[]> {
  schema ??= await compile()
  return problemsBy(schema, text)
}

/** What a schema says against a document; empty where it is valid. */
export function problemsBy(validator: XsdValidator, text: string): string[] {
  let document: XmlDocument | undefined
  try {
    document = XmlDocument.fromString(text)
    validator.validate(document)
    return []
  } catch (error) {
    if (error instanceof XmlLibError)
      return error.details.map(({ line, message }) => `${line}: ${message.trim()}`)
    if (error instanceof XmlError) return [error.message]
    throw error
  } finally {
    document?.dispose()
  }
}

let schema: XsdValidator | undefined

/** The schema imports xlink from the web; the copy beside it is given instead. */
async function compile(): Promise<XsdValidator> {
  const folder = join(corpus, 'standards/dash/xsd')
  const xlink = readFileSync(join(folder, 'xlink.xsd'))
  xmlRegisterInputProvider(new XmlBufferInputProvider({ 'http://www.w3.org/XML/2008/06/xlink.xsd': xlink }))
  const option = ParseOption.XML_PARSE_NOENT
  return schemaOf(join(folder, 'DASH-MPD.xsd'), { url: 'file:///DASH-MPD.xsd', option })
}

/** The schema in a file; `url` is what its imports are relative to. */
export function schemaOf(
  file: string,
  options: { readonly url: string; readonly option?: ParseOption },
): XsdValidator {
  const source = XmlDocument.fromBuffer(readFileSync(file), options)
  try {
    return XsdValidator.fromDoc(source)
  } finally {
    source.dispose()
  }
}
