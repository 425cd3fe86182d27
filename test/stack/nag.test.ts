import { type App, Stack } from 'aws-cdk-lib'
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
  ])('finds nothing in the stacks that is not explained, with $says', ({ props }) => {
    const { app } = headend(props)
    const checks = new AwsSolutionsChecks(app, { verbose: true })
    const findings = stacksOf(app).flatMap((stack) =>
      checks
        .validateScope(stack)
        .violations.flatMap(({ ruleName, description, violatingResources }) =>
          violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}: ${description}`),
        ),
    )
    expect(findings).toEqual([])
  })

  it('finds what nobody has explained', () => {
    const {
      app,
      stacks: { region },
    } = headend()
    new Bucket(region, 'Bare')
    const { violations } = new AwsSolutionsChecks(app).validateScope(region)
    expect(violations.map(({ ruleName }) => ruleName)).toEqual(['AwsSolutions-S1', 'AwsSolutions-S10'])
  })

  it('has a reason of a whole sentence for each finding it is told to pass', () => {
    const { app } = headend()
    const reasons = app.node.findAll().flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type === 'aws:cdk:acknowledged-rules')
        .flatMap(({ data }) => Object.values(data as Record<string, unknown>))
        .map((reason) => (typeof reason === 'string' ? reason : JSON.stringify(reason))),
    )
    expect(reasons.length).toBeGreaterThan(5)
    for (const reason of reasons) expect(reason).toMatch(/\w+ \w+ \w+ \w+.*\./)
  })
})

const stacksOf = (app: App): readonly Stack[] => app.node.children.filter((child) => Stack.isStack(child))
