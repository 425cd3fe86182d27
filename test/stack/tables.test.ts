/** Tables, and what feeds functions from queues. */
import { describe, expect, it } from 'vitest'
import { indexTable, rightsTable } from '../packaging/reading/tables.ts'
import { headend, templateOf } from './synth.ts'
import { at, ofType } from './template.ts'

const template = templateOf(headend().stacks)

describe('a table', () => {
  it.each([
    ['Index', indexTable],
    ['Table', rightsTable],
    ['ChannelsTable', rightsTable],
  ])('%s is what tests write to', (name, wanted) => {
    const found = ofType(template, 'AWS::DynamoDB::GlobalTable').find(({ id }) => id.includes(name))
    expect(found?.properties).toMatchObject(wanted)
  })
})

it('messages of queues come to a function one by one: a poison one delays no neighbour', () => {
  const sources = ofType(template, 'AWS::Lambda::EventSourceMapping').filter(
    ({ properties }) => at(properties, 'EventSourceArn', 'Fn::GetAtt', '1') === 'Arn',
  )
  expect(sources.length).toBeGreaterThanOrEqual(2)
  expect(new Set(sources.map(({ properties }) => at(properties, 'BatchSize')))).toEqual(new Set([1]))
})
