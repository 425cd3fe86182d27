/** The stack as a test sees it: synthesized once, with bundles that are only a line long. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { afterAll } from 'vitest'
import { Headend, type HeadendProps } from '../../lib/headend.ts'
import type { CloudTemplate } from './template.ts'

const scratch = mkdtempSync(join(tmpdir(), 'headend-stack-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** The app with the feature flags of `cdk.json`, which the CDK's own command would hand on, and with what `-c` says. */
export function headend(
  props: HeadendProps = {},
  said: Readonly<Record<string, string>> = {},
): { readonly app: App; readonly stack: Headend } {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> }
  const app = new App({ context: { ...context, ...said }, outdir: mkdtempSync(join(scratch, 'cdk-')) })
  return { app, stack: new Headend(app, 'Headend', { dist: emptyBuild(), ...props }) }
}

/** The template as CloudFormation is given it. */
export function templateOf(stack: Headend): CloudTemplate {
  return Template.fromStack(stack).toJSON() as CloudTemplate
}

/** A build of nothing, so that a test of the stack needs no build. */
function emptyBuild(): string {
  const dist = mkdtempSync(join(scratch, 'dist-'))
  for (const [path, text] of Object.entries({
    'lambdas/packaging/ingest/index.mjs': 'export const handler = () => {}',
    'lambdas/packaging/segment/index.mjs': 'export const handler = () => {}',
    'lambdas/packaging/sound-side-car/index.mjs': 'export const handler = () => {}',
    'lambdas/delivery/manifest/index.mjs': 'export const handler = () => {}',
    'lambdas/delivery/manifest-edge/index.js': 'exports.handler = () => {}',
    'lambdas/delivery/viewer-request/index.js': 'function handler(event) { return event.request }',
    'lambdas/catalogue/api/index.mjs': 'export const handler = () => {}',
    'lambdas/catalogue/gate/index.mjs': 'export const handler = () => {}',
    'lambdas/rights/licence/index.mjs': 'export const handler = () => {}',
    'lambdas/rights/speke/index.mjs': 'export const handler = () => {}',
    'web/index.html': '<!doctype html>',
    'web/assets/index.js': '',
  })) {
    mkdirSync(dirname(join(dist, path)), { recursive: true })
    writeFileSync(join(dist, path), text)
  }
  return dist
}
