/** `-c liveManifests=edge`: the edge function prints channels, reads their table and nothing more, and is told where it is. */
import { AwsSolutionsChecks } from 'cdk-nag'
import { describe, expect, it } from 'vitest'
import { headend, templateOf } from './synth.ts'
import { at, type CloudTemplate, list, ofType } from './template.ts'

const grantsOf = (template: CloudTemplate): readonly (readonly [unknown, unknown])[] =>
  ofType(template, 'AWS::IAM::Policy')
    .filter(({ id }) => id.startsWith('DeliveryManifestEdge'))
    .flatMap(({ properties }) => list(at(properties, 'PolicyDocument', 'Statement')))
    .map((one) => [at(one, 'Action'), JSON.stringify(at(one, 'Resource')).includes('ChannelsTable')])
const headersOf = (template: CloudTemplate): string =>
  JSON.stringify(ofType(template, 'AWS::CloudFront::Distribution').map(({ properties }) => properties))

describe('manifests of channels', () => {
  const { app, stacks } = headend({}, { liveManifests: 'edge' })
  const template = templateOf(stacks)

  it('are made at the edge for who asks for it, whose function may read channels', () => {
    expect(grantsOf(template).filter(([, isTable]) => isTable)).toEqual([
      [['dynamodb:GetItem', 'dynamodb:Query'], true],
    ])
    expect(headersOf(template)).toContain('x-headend-channels-table')
    const { violations } = new AwsSolutionsChecks(app, { verbose: true }).validateScope(stacks.front)
    expect(violations).toEqual([])
  })

  it('are made in the region for all others, whose edge function may not', () => {
    const contexts: readonly Readonly<Record<string, string>>[] = [{}, { liveManifests: 'region' }]
    for (const context of contexts) {
      const other = templateOf(headend({}, context).stacks)
      expect(grantsOf(other)).not.toEqual([])
      expect(grantsOf(other).filter(([, isTable]) => isTable)).toEqual([])
      expect(headersOf(other)).not.toContain('channels-table')
    }
  })

  it('are made nowhere else', () => {
    expect(() => headend({}, { liveManifests: 'home' })).toThrow(
      expect.objectContaining({ code: 'STACK_CONTEXT' }),
    )
  })
})
