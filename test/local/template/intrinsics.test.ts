import { expect, it } from 'vitest'
import { resolveValue, type Scope } from '../../../local/template/intrinsics.ts'

const scope: Scope = {
  ref: (name) =>
    ({ Bucket: 'films', List: 'a,b', 'AWS::Region': 'us-east-1', Zones: ['x', 'y'], Count: 3 })[name],
  attribute: (resource, name) => `${resource}/${name}`,
  conditions: {
    Yes: { 'Fn::Equals': ['a', 'a'] },
    No: { 'Fn::Not': [{ Condition: 'Yes' }] },
    Both: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] },
    Either: { 'Fn::Or': [{ Condition: 'No' }, { Condition: 'Yes' }] },
    Among: { 'Fn::Contains': [['a', 'b'], 'b'] },
    InEast: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] },
  },
  mappings: { Sizes: { small: { memory: 128, zones: ['a'] } } },
  region: 'us-east-1',
  stackOutput: () => undefined,
}

it.each([
  ['a Ref', { Ref: 'Bucket' }, 'films'],
  ['a GetAtt as a list', { 'Fn::GetAtt': ['Bucket', 'Arn'] }, 'Bucket/Arn'],
  [
    'a GetAtt with a dotted attribute',
    { 'Fn::GetAtt': 'Script.FunctionMetadata.FunctionARN' },
    'Script/FunctionMetadata.FunctionARN',
  ],
  ['Join over references', { 'Fn::Join': ['', ['arn:', { Ref: 'Bucket' }, '/', 7]] }, 'arn:films/7'],
  ['Join over a list', { 'Fn::Join': ['+', { Ref: 'Zones' }] }, 'x+y'],
  [
    'Sub',
    { 'Fn::Sub': '${Bucket}-${Bucket.Arn}-${AWS::Region}-${!Literal}' },
    'films-Bucket/Arn-us-east-1-${Literal}',
  ],
  ['Sub with its own variables', { 'Fn::Sub': ['${Name}/${Bucket}', { Name: { Ref: 'Count' } }] }, '3/films'],
  ['Select of Split', { 'Fn::Select': [2, { 'Fn::Split': ['/', 'https://host/path'] }] }, 'host'],
  ['Select with an index in text', { 'Fn::Select': ['1', ['a', 'b']] }, 'b'],
  ['Select of a list parameter', { 'Fn::Select': [1, { Ref: 'List' }] }, 'b'],
  ['If that holds', { 'Fn::If': ['Yes', { Ref: 'Bucket' }, 'other'] }, 'films'],
  ['If that does not', { 'Fn::If': ['No', 'this', { Ref: 'Bucket' }] }, 'films'],
  ['If over And', { 'Fn::If': ['Both', 1, 2] }, 2],
  ['If over Or', { 'Fn::If': ['Either', 1, 2] }, 1],
  ['If over Contains', { 'Fn::If': ['Among', 1, 2] }, 1],
  ['If over a pseudo parameter', { 'Fn::If': ['InEast', 1, 2] }, 1],
  ['NoValue in an object', { a: 1, b: { Ref: 'AWS::NoValue' } }, { a: 1 }],
  ['NoValue in a list', [1, { 'Fn::If': ['No', 2, { Ref: 'AWS::NoValue' }] }], [1]],
  ['FindInMap', { 'Fn::FindInMap': ['Sizes', 'small', 'memory'] }, 128],
  ['FindInMap with a default', { 'Fn::FindInMap': ['Sizes', 'big', 'memory', { DefaultValue: 512 }] }, 512],
  ['Base64', { 'Fn::Base64': 'héllo' }, 'aMOpbGxv'],
  ['GetAZs', { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }, 'us-east-1a'],
  ['an object that only looks like one', { Ref: 'Bucket', Other: 1 }, { Ref: 'Bucket', Other: 1 }],
])('resolves %s', (_, value, wanted) => {
  expect(resolveValue(value, scope)).toEqual(wanted)
})

it.each([
  ['a name that is nowhere', { Ref: 'Nobody' }, 'TEMPLATE_INTRINSIC'],
  ['an index past the end', { 'Fn::Select': [2, ['a']] }, 'TEMPLATE_INTRINSIC'],
  ['a condition that is nowhere', { 'Fn::If': ['Maybe', 1, 2] }, 'TEMPLATE_INTRINSIC'],
  ['a key that is not in the mapping', { 'Fn::FindInMap': ['Sizes', 'big', 'memory'] }, 'TEMPLATE_INTRINSIC'],
  ['an import', { 'Fn::ImportValue': 'other-stack' }, 'TEMPLATE_IMPORT'],
  ['a function it does not know', { 'Fn::Transform': {} }, 'TEMPLATE_FUNCTION'],
])('refuses %s', (_, value, code) => {
  expect(() => resolveValue(value, scope)).toThrow(expect.objectContaining({ code }))
})
