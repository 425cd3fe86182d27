import { describe, expect, it } from 'vitest'
import { type AccessRequest, decide, type Principal } from '../../../local/iam/evaluate.ts'
import { parsePolicy } from '../../../local/iam/policy.ts'

const account = '000000000000'
const role: Principal = { kind: 'role', arn: `arn:aws:iam::${account}:role/Ingest`, account }
const s3: Principal = { kind: 'service', name: 's3.amazonaws.com' }

function statements(...list: readonly object[]) {
  return parsePolicy({ Version: '2012-10-17', Statement: list }, 'test')
}

function ask(request: Partial<AccessRequest>, identity: readonly object[], resource: readonly object[] = []) {
  const whole = {
    principal: role,
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::films/a.mp4',
    context: {},
    ...request,
  }
  return decide(whole, { identity: statements(...identity), resource: statements(...resource) }).allowed
}

const allow = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::films/*' }
const deny = { Effect: 'Deny', Action: 's3:*', Resource: '*' }

describe('identity policies', () => {
  it.each<[string, object[], boolean]>([
    ['nothing', [], false],
    ['the action on the resource', [allow], true],
    ['an action in another case', [{ ...allow, Action: 'S3:getobject' }], true],
    ['a wildcard action', [{ ...allow, Action: 's3:Get*' }], true],
    ['another action', [{ ...allow, Action: ['s3:PutObject', 's3:GetObjectVersion'] }], false],
    ['another bucket', [{ ...allow, Resource: 'arn:aws:s3:::film/*' }], false],
    ['a resource in another case', [{ ...allow, Resource: 'arn:aws:s3:::FILMS/*' }], false],
    ['one-character wildcards', [{ ...allow, Resource: 'arn:aws:s3:::film?/?.mp4' }], true],
    ['a deny beside the allow', [allow, deny], false],
    ['NotAction of another', [{ Effect: 'Allow', NotAction: 's3:Delete*', Resource: '*' }], true],
    ['NotAction of this one', [{ Effect: 'Allow', NotAction: 's3:Get*', Resource: '*' }], false],
    ['NotResource of another', [{ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::other/*' }], true],
    [
      'NotResource of this one',
      [{ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::films/*' }],
      false,
    ],
    ['a star that would swallow a colon', [{ ...allow, Resource: 'arn:aws:*:films/a.mp4' }], false],
  ])('%s', (_, identity, allowed) => {
    expect(ask({}, identity)).toBe(allowed)
  })
})

describe('resource policies', () => {
  const on = (principal: unknown, more: object = {}) => ({ ...allow, Principal: principal, ...more })
  it.each<[string, Principal, object[], object[], boolean]>([
    ['grants the role it names', role, [], [on({ AWS: role.kind === 'role' ? role.arn : '' })], true],
    ['grants everyone', role, [], [on('*')], true],
    [
      'leaves the account to its identity policies',
      role,
      [],
      [on({ AWS: `arn:aws:iam::${account}:root` })],
      false,
    ],
    ['denies the whole account', role, [allow], [on({ AWS: account }, { Effect: 'Deny' })], false],
    ['denies everyone', role, [allow], [on({ AWS: '*' }, { Effect: 'Deny' })], false],
    ['grants the service it names', s3, [], [on({ Service: 's3.amazonaws.com' })], true],
    ['grants no other service', s3, [], [on({ Service: ['sns.amazonaws.com'] })], false],
    ['grants no role by a service', role, [], [on({ Service: 's3.amazonaws.com' })], false],
    ['lets nobody unknown in', { kind: 'anonymous' }, [], [on({ AWS: account })], false],
    ['lets the unknown in when public', { kind: 'anonymous' }, [], [on('*')], true],
    [
      'denies all but NotPrincipal',
      s3,
      [],
      [on('*'), { ...deny, NotPrincipal: { Service: 's3.amazonaws.com' } }],
      true,
    ],
    [
      'denies others by NotPrincipal',
      role,
      [allow],
      [{ ...deny, NotPrincipal: { Service: 's3.amazonaws.com' } }],
      false,
    ],
  ])('%s', (_, principal, identity, resource, allowed) => {
    expect(ask({ principal }, identity, resource)).toBe(allowed)
  })

  it('holds a KMS key to its key policy', () => {
    const own = statements({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' })
    const request = {
      principal: role,
      action: 'kms:Decrypt',
      resource: 'arn:aws:kms:us-east-1:0:key/1',
      context: {},
    }
    const key = (principal: object) =>
      statements({ Effect: 'Allow', Action: 'kms:*', Resource: '*', Principal: principal })
    const allowed = (resource: ReturnType<typeof key>, identity = own) =>
      decide(request, { identity, resource, keyPolicy: true }).allowed
    expect(allowed(key({ AWS: `arn:aws:iam::${account}:root` }))).toBe(true)
    expect(allowed(key({ AWS: `arn:aws:iam::${account}:root` }), [])).toBe(false)
    expect(allowed([])).toBe(false)
    expect(allowed(key({ AWS: `arn:aws:iam::${account}:role/Ingest` }), [])).toBe(true)
  })
})

describe('conditions', () => {
  const context = {
    'aws:sourcearn': 'arn:aws:s3:::films',
    'aws:sourceip': '10.1.2.3',
    'aws:securetransport': 'true',
    'aws:currenttime': '2026-06-01T00:00:00Z',
    's3:prefix': 'vod/',
    'aws:principalarn': 'arn:aws:iam::000000000000:role/Ingest',
    'dynamodb:leadingkeys': ['vod/a', 'vod/b'],
    'test:size': '10',
    'test:star': 'a*c',
  }
  it.each<[string, object, boolean]>([
    ['StringEquals', { StringEquals: { 's3:prefix': ['live/', 'vod/'] } }, true],
    ['StringEquals with keys in another case', { StringEquals: { 'S3:Prefix': 'vod/' } }, true],
    ['StringEquals knows no wildcard', { StringEquals: { 's3:prefix': 'vod*' } }, false],
    ['StringNotEquals', { StringNotEquals: { 's3:prefix': ['live/', 'vod/'] } }, false],
    ['StringNotEquals of a missing key', { StringNotEquals: { 'aws:nothing': 'x' } }, true],
    ['StringEquals of a missing key', { StringEquals: { 'aws:nothing': 'x' } }, false],
    ['StringEqualsIfExists of a missing key', { StringEqualsIfExists: { 'aws:nothing': 'x' } }, true],
    ['StringEqualsIgnoreCase', { StringEqualsIgnoreCase: { 's3:prefix': 'VOD/' } }, true],
    ['StringLike', { StringLike: { 's3:prefix': 'v?d/*' } }, true],
    ['StringNotLike', { StringNotLike: { 's3:prefix': 'v*' } }, false],
    ['ArnLike', { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::film*' } }, true],
    ['ArnEquals', { ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::other' } }, false],
    ['ArnNotLike', { ArnNotLike: { 'aws:SourceArn': 'arn:aws:s3:::other' } }, true],
    ['Bool', { Bool: { 'aws:SecureTransport': 'false' } }, false],
    ['Bool given as a boolean', { Bool: { 'aws:SecureTransport': true } }, true],
    ['Null of a missing key', { Null: { 'aws:nothing': 'true' } }, true],
    ['Null of a present key', { Null: { 's3:prefix': true } }, false],
    ['NumericLessThanEquals', { NumericLessThanEquals: { 'test:size': '10' } }, true],
    ['NumericGreaterThan', { NumericGreaterThan: { 'test:size': 10 } }, false],
    ['Numeric of no number', { NumericEquals: { 's3:prefix': '1' } }, false],
    ['DateLessThan', { DateLessThan: { 'aws:CurrentTime': '2027-01-01T00:00:00Z' } }, true],
    ['DateGreaterThan epoch', { DateGreaterThan: { 'aws:CurrentTime': '4102444800' } }, false],
    ['IpAddress', { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8'] } }, true],
    ['IpAddress outside', { IpAddress: { 'aws:SourceIp': '192.168.0.0/16' } }, false],
    ['NotIpAddress', { NotIpAddress: { 'aws:SourceIp': '10.1.2.3' } }, false],
    ['ForAllValues', { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['vod/*'] } }, true],
    [
      'ForAllValues that one fails',
      { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['vod/a'] } },
      false,
    ],
    ['ForAllValues of a missing key', { 'ForAllValues:StringEquals': { 'aws:nothing': ['x'] } }, true],
    ['ForAnyValue', { 'ForAnyValue:StringEquals': { 'dynamodb:LeadingKeys': ['vod/b'] } }, true],
    ['ForAnyValue of a missing key', { 'ForAnyValue:StringEquals': { 'aws:nothing': ['x'] } }, false],
    [
      'a policy variable',
      { StringLike: { 'aws:PrincipalArn': '*:role/Ingest', 's3:prefix': '${s3:prefix}' } },
      true,
    ],
    ['a variable with a default', { StringEquals: { 's3:prefix': "${aws:nothing, 'vod/'}" } }, true],
    ['a literal star', { StringLike: { 'test:star': 'a${*}c' } }, true],
    ['a literal star that is none', { StringLike: { 's3:prefix': 'vod${*}' } }, false],
    [
      'two operators, one of them false',
      { Bool: { 'aws:SecureTransport': 'true' }, StringEquals: { 's3:prefix': 'x' } },
      false,
    ],
  ])('%s', (_, condition, allowed) => {
    expect(ask({ context }, [{ ...allow, Condition: condition }])).toBe(allowed)
  })

  it('puts the value of a variable into a resource, as a name and never as a pattern', () => {
    const own = { ...allow, Resource: 'arn:aws:s3:::films/${test:star}/*' }
    const at = (key: string) => ask({ context, resource: `arn:aws:s3:::films/${key}` }, [own])
    expect([at('a*c/x'), at('abc/x')]).toEqual([true, false])
  })
})

it.each([
  ['no effect', { Action: '*', Resource: '*' }],
  ['both Action and NotAction', { Effect: 'Allow', Action: '*', NotAction: '*' }],
  ['a member that is none', { Effect: 'Allow', Action: '*', Resources: '*' }],
  ['an operator that is none', { ...allow, Condition: { StringMatches: { a: 'b' } } }],
  ['a principal that is none', { ...allow, Principal: { Group: 'x' } }],
])('refuses a statement with %s', (_, statement) => {
  expect(() => statements(statement)).toThrow(expect.objectContaining({ code: 'IAM_POLICY_MALFORMED' }))
})
