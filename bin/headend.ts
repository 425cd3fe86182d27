/** The CDK app: its stacks, judged by cdk-nag as it is synthesized. */
import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { HeadendError } from '../lib/errors.ts'
import { addHeadend } from '../lib/headend.ts'

const app = new App()
const context = (name: string): string | undefined => {
  const value: unknown = app.node.tryGetContext(name)
  if (value === undefined || typeof value === 'string') return value
  throw new HeadendError('STACK_CONTEXT', `context ${name}: expected text, got ${typeof value}`)
}
const name = context('domain')
const certificateArn = context('certificate')
if ((name === undefined) !== (certificateArn === undefined)) {
  throw new HeadendError('STACK_CONTEXT', 'context domain and certificate: expected both or none, got one')
}

addHeadend(app, {
  region: context('region'),
  stage: context('stage'),
  frontVersion: context('frontVersion'),
  domain: name !== undefined && certificateArn !== undefined ? { name, certificateArn } : undefined,
})

// The same switch turns CDK's own validator off: the local cloud runs what CI has judged.
if (process.env['CDK_VALIDATION'] !== 'false') {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: true }))
}
