import { execFile } from 'node:child_process'
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshDir, removeDirs, startS3, type TestS3 } from './harness.ts'

const run = promisify(execFile)
const found = await run('aws', ['--version']).then(
  () => true,
  () => false,
)
const Bucket = 'cli-bucket'
let test: TestS3
let dir: string

async function aws(...args: string[]): Promise<string> {
  const { stdout } = await run('aws', ['--endpoint-url', test.endpoint, ...args], {
    env: {
      PATH: process.env['PATH'],
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: join(dir, 'no-config'),
      AWS_SHARED_CREDENTIALS_FILE: join(dir, 'no-credentials'),
      AWS_PAGER: '',
    },
  })
  return stdout
}

describe.skipIf(!found)(`the AWS CLI${found ? '' : ' (skipped: no aws on the PATH)'}`, () => {
  beforeAll(async () => {
    test = await startS3()
    await test.s3.createBucket({ name: Bucket, versioned: true })
    dir = await freshDir()
  })
  afterAll(async () => {
    await test.stop()
    await removeDirs()
  })

  it('copies a film up and down in parts, byte for byte', async () => {
    const film = Buffer.alloc(20 * 1024 * 1024, 'film of many bytes ')
    const path = join(dir, 'film.mp4')
    await writeFile(path, film)
    await aws('s3', 'cp', path, `s3://${Bucket}/vod/a film+é.mp4`, '--only-show-errors')
    expect(await aws('s3', 'ls', `s3://${Bucket}/vod/`)).toContain(' 20971520 a film+é.mp4')
    const down = join(dir, 'down.mp4')
    await aws('s3', 'cp', `s3://${Bucket}/vod/a film+é.mp4`, down, '--only-show-errors')
    expect((await readFile(down)).equals(film)).toBe(true)
    const head: unknown = JSON.parse(
      await aws('s3api', 'head-object', '--bucket', Bucket, '--key', 'vod/a film+é.mp4'),
    )
    expect(head).toMatchObject({ ContentLength: film.length, ContentType: 'video/mp4' })
    await aws('s3', 'cp', `s3://${Bucket}/vod/a film+é.mp4`, `s3://${Bucket}/copy.mp4`, '--only-show-errors')
    expect(await aws('s3', 'ls', `s3://${Bucket}/copy.mp4`)).toContain(' 20971520 copy.mp4')
  })

  it('syncs a folder once, and again only what changed', async () => {
    const folder = join(dir, 'site')
    await mkdir(join(folder, 'sub'), { recursive: true })
    for (const name of ['index.html', 'sub/a b.txt', 'sub/c.txt']) {
      await writeFile(join(folder, name), name)
      await utimes(join(folder, name), 1_700_000_000, 1_700_000_000)
    }
    const sync = () => aws('s3', 'sync', folder, `s3://${Bucket}/site`, '--delete', '--no-progress')
    expect((await sync()).match(/upload:/g)).toHaveLength(3)
    expect(await sync()).toBe('')
    await writeFile(join(folder, 'sub/c.txt'), 'longer than before')
    expect((await sync()).match(/upload:/g)).toHaveLength(1)
    await aws('s3', 'rm', '--recursive', `s3://${Bucket}/site`, '--only-show-errors')
    expect(await aws('s3', 'ls', '--recursive', `s3://${Bucket}/`)).not.toContain('site/')
  })

  it('reads versions and settings, and words a fault as it does with AWS', async () => {
    const versions: unknown = JSON.parse(
      await aws('s3api', 'list-object-versions', '--bucket', Bucket, '--prefix', 'site/'),
    )
    expect(versions).toMatchObject({
      DeleteMarkers: [{ IsLatest: true }, { IsLatest: true }, { IsLatest: true }],
    })
    const versioning: unknown = JSON.parse(await aws('s3api', 'get-bucket-versioning', '--bucket', Bucket))
    expect(versioning).toMatchObject({ Status: 'Enabled' })
    await expect(aws('s3api', 'head-object', '--bucket', Bucket, '--key', 'nope')).rejects.toThrow('(404)')
    await expect(
      aws('s3api', 'get-object', '--bucket', 'no-bucket', '--key', 'k', '/dev/null'),
    ).rejects.toThrow('NoSuchBucket')
  })
})
