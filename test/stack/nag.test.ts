import { Bucket } from 'aws-cdk-lib/aws-s3'
import { AwsSolutionsChecks } from 'cdk-nag'
import { describe, expect, it } from 'vitest'
import { headend } from './synth.ts'

describe('cdk-nag', () => {
  const domain = {
    name: 'tv.example.com',
    certificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/x',
  }

  it.each([
    { says: "CloudFront's own name", props: {} },
    { says: "the operator's own name", props: { domain } },
  ])('finds nothing in the stack that is not explained, with $says', ({ props }) => {
    const { app, stack } = headend(props)
    const { violations } = new AwsSolutionsChecks(app, { verbose: true }).validateScope(stack)
    const findings = violations.flatMap(({ ruleName, description, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}: ${description}`),
    )
    expect(findings).toEqual([])
  })

  it('finds what nobody has explained', () => {
    const { app, stack } = headend()
    new Bucket(stack, 'Bare')
    const { violations } = new AwsSolutionsChecks(app).validateScope(stack)
    expect(violations.map(({ ruleName }) => ruleName)).toEqual(['AwsSolutions-S1', 'AwsSolutions-S10'])
  })

  it('has a reason of a whole sentence for each finding it is told to pass', () => {
    const { stack } = headend()
    const reasons = stack.node.findAll().flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type === 'aws:cdk:acknowledged-rules')
        .flatMap(({ data }) => Object.values(data as Record<string, unknown>))
        .map((reason) => (typeof reason === 'string' ? reason : JSON.stringify(reason))),
    )
    expect(reasons.length).toBeGreaterThan(5)
    for (const reason of reasons) expect(reason).toMatch(/\w+ \w+ \w+ \w+.*\./)
  })
})
