/** The stacks as a test sees them: synthesized once, with bundles that are only a line long. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { App, type Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { afterAll } from 'vitest'
import { addHeadend, type HeadendProps, type HeadendStacks } from '../../lib/headend.ts'
import { type CloudTemplate, whole } from './template.ts'

const scratch = mkdtempSync(join(tmpdir(), 'headend-stack-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** The app with the feature flags of `cdk.json`, which the CDK's own command would hand on, and with what `-c` says. */
export function headend(
  props: HeadendProps = {},
  said: Readonly<Record<string, string>> = {},
): { readonly app: App; readonly stacks: HeadendStacks } {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> }
  const app = new App({ context: { ...context, ...said }, outdir: mkdtempSync(join(scratch, 'cdk-')) })
  return { app, stacks: addHeadend(app, { dist: emptyBuild(), ...props }) }
}

/** The templates as CloudFormation is given them, by their stacks' names, in the order they are deployed. */
export function templatesOf({
  shared,
  region,
  front,
}: HeadendStacks): Readonly<Record<string, CloudTemplate>> {
  return Object.fromEntries([shared, region, front].map((stack) => [stack.stackName, templateOfStack(stack)]))
}

/** All of them as one, what they say of each other replaced by what it stands for. */
export function templateOf(stacks: HeadendStacks): CloudTemplate {
  return whole(templatesOf(stacks))
}

const templateOfStack = (stack: Stack): CloudTemplate => Template.fromStack(stack).toJSON() as CloudTemplate

/** A build of nothing, so that a test of the stack needs no build. */
function emptyBuild(): string {
  const dist = mkdtempSync(join(scratch, 'dist-'))
  for (const [path, text] of Object.entries({
    'lambdas/packaging/ingest/index.mjs': 'export const handler = () => {}',
    'lambdas/packaging/segment/index.mjs': 'export const handler = () => {}',
    'lambdas/packaging/audio-sidecar/index.mjs': 'export const handler = () => {}',
    'lambdas/assets/announce/index.mjs': 'export const handler = () => {}',
    'lambdas/delivery/manifest/index.mjs': 'export const handler = () => {}',
    'lambdas/delivery/manifest-edge/index.js': 'exports.handler = () => {}',
    'lambdas/delivery/live-manifest-edge/index.js': 'exports.handler = () => {}',
    'lambdas/delivery/media-length/index.js': 'exports.handler = () => {}',
    'lambdas/delivery/viewer-request/index.js': 'function handler(event) { return event.request }',
    'lambdas/api/api/index.mjs': 'export const handler = () => {}',
    'lambdas/api/gate/index.mjs': 'export const handler = () => {}',
    'lambdas/rights/licence/index.mjs': 'export const handler = () => {}',
    'lambdas/rights/speke/index.mjs': 'export const handler = () => {}',
    'lambdas/rights/sweep/index.mjs': 'export const handler = () => {}',
    'lambdas/channels/feed/index.mjs': 'export const handler = () => {}',
    'lambdas/channels/ingest/index.mjs': 'export const handler = () => {}',
    'lambdas/channels/ingest-request/index.js': 'function handler(event) { return event.request }',
    'lambdas/delivery/time-request/index.js': 'function handler(event) { return event.request }',
    'lambdas/channels/archive/index.mjs': 'export const handler = () => {}',
    'lambdas/channels/minute/index.mjs': 'export const handler = () => {}',
    'web/index.html': '<!doctype html>',
    'web/assets/index.js': '',
  })) {
    mkdirSync(dirname(join(dist, path)), { recursive: true })
    writeFileSync(join(dist, path), text)
  }
  return dist
}
