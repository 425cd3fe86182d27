import { describe, expect, it } from 'vitest'
import { withSecrets } from '../../../local/cloudfront/resources/secret-references.ts'

const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:front-AbCdEf'
const secrets = new Map([
  [arn, '{"key":"one","count":2}'],
  ['front', 'plain'],
])
const resolved = (text: string) => withSecrets(text, (id) => secrets.get(id))

describe('references to secrets', () => {
  it.each([
    ['nothing', 'nothing'],
    [`{{resolve:secretsmanager:${arn}:SecretString:key::}}`, 'one'],
    [`{{resolve:secretsmanager:${arn}:SecretString:key}}`, 'one'],
    [`{{resolve:secretsmanager:${arn}:SecretString:::}}`, '{"key":"one","count":2}'],
    ['{{resolve:secretsmanager:front}}', 'plain'],
    ['a {{resolve:secretsmanager:front:SecretString}} b', 'a plain b'],
  ])('%s is %s', (text, value) => {
    expect(resolved(text)).toBe(value)
  })

  it.each([
    ['{{resolve:secretsmanager:other:SecretString:key::}}'],
    [`{{resolve:secretsmanager:${arn}:SecretString:other::}}`],
    [`{{resolve:secretsmanager:${arn}:SecretString:count::}}`],
    ['{{resolve:ssm:front}}'],
  ])('%s is refused by name', (text) => {
    expect(() => resolved(text)).toThrow(expect.objectContaining({ code: 'TEMPLATE_REFERENCE' }))
  })
})
