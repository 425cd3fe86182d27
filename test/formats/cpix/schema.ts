/** CPIX against the schemas of DASH-IF, by libxml2. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  XmlBufferInputProvider,
  XmlDocument,
  XmlError,
  XmlLibError,
  XsdValidator,
  xmlRegisterInputProvider,
} from 'libxml2-wasm'
import { corpus } from '../../judges/corpus.ts'

export type SchemaVersion = '2.3' | '2.3.1' | '2.4'

/** What the schema says against a document; empty where it is valid. */
export function validateCpix(text: string, version: SchemaVersion): string[] {
  const validator = validators.get(version) ?? compile(version)
  validators.set(version, validator)
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

const validators = new Map<SchemaVersion, XsdValidator>()

/** Its imports lie beside it. */
function compile(version: SchemaVersion): XsdValidator {
  const folder = join(corpus, 'standards/cpix-speke/xsd', version)
  const beside = ['pskc.xsd', 'xenc-schema.xsd', 'xmldsig-core-schema.xsd'].map(
    (name) => [`file:///cpix/${version}/${name}`, readFileSync(join(folder, name))] as const,
  )
  xmlRegisterInputProvider(new XmlBufferInputProvider(Object.fromEntries(beside)))
  const source = XmlDocument.fromBuffer(readFileSync(join(folder, 'cpix.xsd')), {
    url: `file:///cpix/${version}/cpix.xsd`,
  })
  try {
    return XsdValidator.fromDoc(source)
  } finally {
    source.dispose()
  }
}
