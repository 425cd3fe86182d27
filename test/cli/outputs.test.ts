/** `headend outputs`: several stacks as one, from a file or from CloudFormation over the wire. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { createCloudFormation, type RunningStack } from '../../local/cloudformation/index.ts'
import { allow, type Served, serve } from '../local/serve.ts'

const scratch = mkdtempSync(join(tmpdir(), 'headend-outputs-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
let served: Served | undefined
afterEach(async () => {
  await served?.close()
  served = undefined
})

async function headend(words: readonly string[], endpoint = 'http://127.0.0.1:9'): Promise<string> {
  const env = {
    PATH: process.env['PATH'],
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'y',
  }
  return (await promisify(execFile)(process.execPath, ['bin/cli.ts', ...words], { env, cwd: process.cwd() }))
    .stdout
}

const stacks = {
  'Headend-test-global': { SessionStore: 'arn:store', PublishOutputRefX: 'hidden' },
  'Headend-test-us-east-1': { UploadBucket: 'films & more', ExportsOutputY: 'hidden' },
  'Headend-test': { Region: 'us-east-1', PlaybackUrl: 'https://d1.cloudfront.net' },
}
const merged = {
  SessionStore: 'arn:store',
  UploadBucket: 'films & more',
  Region: 'us-east-1',
  PlaybackUrl: 'https://d1.cloudfront.net',
}

describe('headend outputs', () => {
  it('makes one of the stacks in a file that cdk deploy wrote', async () => {
    const file = join(scratch, 'three.json')
    writeFileSync(file, JSON.stringify(stacks))
    expect(JSON.parse(await headend(['outputs', file]))).toEqual({ Headend: merged })
    expect(await headend(['outputs', file, '--only', 'UploadBucket'])).toBe('films & more\n')
    await expect(headend(['outputs', file, '--only', 'Nothing'])).rejects.toThrow(
      /CLI_OUTPUT: expected an output Nothing, got SessionStore/,
    )
  })

  it('asks CloudFormation for the stacks of a stage', async () => {
    served = await serve(
      createCloudFormation({
        region: 'us-east-1',
        authorize: allow,
        stacks: Object.entries(stacks).map(
          ([name, outputs]): RunningStack => ({ name, region: 'us-east-1', outputs: () => outputs }),
        ),
      }),
    )
    const words = ['outputs', '--cloud', '--stage', 'test']
    expect(JSON.parse(await headend(words, served.endpoint))).toEqual({ Headend: merged })
    await expect(headend(['outputs', '--cloud'], served.endpoint)).rejects.toThrow(
      /CLI_STACK: stack Headend in us-east-1: .*Stack with id Headend does not exist/,
    )
  })

  it('says what it found where that is no outputs', async () => {
    const file = join(scratch, 'none.json')
    writeFileSync(file, '[]')
    await expect(headend(['outputs', file])).rejects.toThrow(/CLI_OUTPUTS: .*expected outputs/)
    await expect(headend(['outputs', '--data-dir', scratch])).rejects.toThrow(/CLI_PLACE: /)
  })
})
