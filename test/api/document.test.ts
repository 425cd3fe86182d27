/** The OpenAPI document, read by the linters its readers use, and what a generated client would be called. */
import { createConfig, lintFromString } from '@redocly/openapi-core'
import spectral, { type RulesetDefinition } from '@stoplight/spectral-core'
import rulesets from '@stoplight/spectral-rulesets'
import { describe, expect, it } from 'vitest'
import { errors } from '../../lib/errors/table.ts'
import { memoryApi } from './parts.ts'

interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
}

interface ApiDocument {
  readonly components: {
    readonly schemas: {
      readonly Error: {
        readonly properties: {
          readonly error: { readonly properties: { readonly code: { readonly enum: readonly string[] } } }
        }
      }
    }
  }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

async function printed(): Promise<ApiDocument> {
  const { json } = await memoryApi().call('GET', '/openapi.json', undefined, '')
  return json as ApiDocument
}

describe('the OpenAPI document', () => {
  it('gives Redocly nothing to say, by its strict rules', async () => {
    const source = JSON.stringify(await printed())
    const config = await createConfig({ extends: ['recommended-strict'] })
    const problems = await lintFromString({ source, absoluteRef: '/openapi.json', config })
    expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual(
      [],
    )
  })

  it('gives Spectral nothing to say', async () => {
    const linter = new spectral.Spectral()
    // Its own types do not fit each other where optional properties are exact.
    const rules = rulesets.oas as unknown as RulesetDefinition
    linter.setRuleset({ extends: [[rules, 'recommended']] })
    const problems = await linter.run({ ...(await printed()) })
    expect(problems.map(({ code, message, path }) => [code, message, path.join('/')])).toEqual([])
  })

  it('names every code there is', async () => {
    const { components } = await printed()
    expect(components.schemas.Error.properties.error.properties.code.enum).toEqual(
      Object.keys(errors).toSorted(),
    )
  })

  it('names operations as a client would, each once', async () => {
    const { paths } = await printed()
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
    const names = operations.map(({ operationId }) => operationId)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z]+([A-Z][a-z]+)+$/)
    expect(names).toEqual(expect.arrayContaining(['listAssets', 'getAsset', 'createUpload', 'createSession']))
  })
})
