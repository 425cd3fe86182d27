/** CPIX against the schemas of DASH-IF, by libxml2. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { XmlBufferInputProvider, type XsdValidator, xmlRegisterInputProvider } from 'libxml2-wasm'
import { corpus } from '../../judges/corpus.ts'
import { problemsBy, schemaOf } from '../../judges/xsd.ts'

export type SchemaVersion = '2.3' | '2.3.1' | '2.4'

/** What the schema says against a document; empty where it is valid. */
export function validateCpix(text: string, version: SchemaVersion): string[] {
  const validator = validators.get(version) ?? compile(version)
  validators.set(version, validator)
  return problemsBy(validator, text)
}

const validators = new Map<SchemaVersion, XsdValidator>()

/** Its imports lie beside it. */
function compile(version: SchemaVersion): XsdValidator {
  const folder = join(corpus, 'standards/cpix-speke/xsd', version)
  const beside = ['pskc.xsd', 'xenc-schema.xsd', 'xmldsig-core-schema.xsd'].map(
    (name) => [`file:///cpix/${version}/${name}`, readFileSync(join(folder, name))] as const,
  )
  xmlRegisterInputProvider(new XmlBufferInputProvider(Object.fromEntries(beside)))
  return schemaOf(join(folder, 'cpix.xsd'), { url: `file:///cpix/${version}/cpix.xsd` })
}
