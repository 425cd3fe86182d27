/** The operator's tool as it is called: answers alone on stdout, `CODE: text` on stderr, exit 1. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { call, sentence } from '../../bin/commands/call.ts'
import { demoFilm } from '../house/media.ts'

const scratch = mkdtempSync(join(tmpdir(), 'headend-cli-'))

/** In a process of its own. */
function headend(...args: readonly string[]) {
  const nobody = {
    // A port where nobody listens, and not one that fetch refuses to ask (9, discard).
    AWS_ENDPOINT_URL: 'http://127.0.0.1:48151',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'y',
  }
  return called({ ...process.env, ...nobody }, args)
}

/** The same in this process: what a command says, without the start of another. */
async function said(...args: readonly string[]) {
  return call(args).then(
    (stdout) => ({ status: 0, stdout, stderr: '' }),
    (error: unknown) => ({ status: 1, stdout: '', stderr: `${sentence(error)}\n` }),
  )
}

function called(env: NodeJS.ProcessEnv, args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/cli.ts', ...args], {
    encoding: 'utf8',
    env,
  })
  return { status, stdout, stderr }
}

function file(name: string, text: string): string {
  const path = join(scratch, name)
  writeFileSync(path, text)
  return path
}

const playlist = `#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:6
#VENDOR-TAG:kept="as, it is"
#EXTINF:6.000,title
a.ts
#EXT-X-ENDLIST
`
const mpd = `<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" profiles="urn:mpeg:dash:profile:isoff-live:2011"
  mediaPresentationDuration="PT8S" minBufferTime="PT2S"><Period><AdaptationSet mimeType="video/mp4">
  <SegmentTemplate timescale="1" media="$Number$.m4s" initialization="i.mp4" startNumber="1"><SegmentTimeline>
  <S t="0" d="4" r="1"/></SegmentTimeline></SegmentTemplate><Representation id="v" bandwidth="1000"/>
  </AdaptationSet></Period></MPD>`

describe('headend', () => {
  it.each([
    ['doctor', '--help'],
    ['doctor', '--cloud', '--help'],
    ['token', '--role', 'operator', '--help'],
  ])('says what %s is for, and touches nothing', async (...words) => {
    const { status, stdout, stderr } = await said(...words)
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(new RegExp(`^headend ${words[0]} `))
  })

  it('lists its commands', () => {
    const { status, stdout } = headend('help')
    expect(status).toBe(0)
    for (const name of [
      'token',
      'push',
      'ingest replay',
      'mp4 inspect',
      'hls rewrite',
      'dash segments',
      'pssh decode',
      'scte35 decode',
    ])
      expect(stdout).toContain(`headend ${name}`)
  })

  it('lists them in 80 columns, and one by its --help', async () => {
    const { stdout } = await said('help')
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
    const one = await said('keys', 'export', '--help')
    expect(one.status).toBe(0)
    expect(one.stdout).toContain('headend keys export --content vod/FILM --recipient CERTIFICATE.pem')
    expect(stdout).toContain(one.stdout)
  })

  it('rewrites a playlist to itself', () => {
    expect(headend('hls', 'rewrite', '--identity', file('a.m3u8', playlist))).toEqual({
      status: 0,
      stdout: playlist,
      stderr: '',
    })
  })

  it('lists the segments of an MPD', () => {
    const { stdout } = headend('dash', 'segments', file('a.mpd', mpd), '--json')
    expect(JSON.stringify(JSON.parse(stdout))).toContain('"uri":"2.m4s"')
  })

  it('makes a pssh and takes it apart again', async () => {
    const kid = '01234567-89ab-cdef-0123-456789abcdef'
    const keyed = ['--kid', `${kid}:000102030405060708090a0b0c0d0e0f`]
    const { stdout } = headend(
      'pssh',
      'make',
      '--system',
      'playready',
      ...keyed,
      '--la-url',
      'https://a.example',
    )
    const { boxes } = JSON.parse(headend('pssh', 'decode', stdout.trim(), '--json').stdout) as {
      boxes: readonly unknown[]
    }
    const [made] = [
      JSON.parse((await said('pssh', 'make', '--system', 'widevine', '--kid', kid, '--json')).stdout),
    ]
    expect(boxes).toMatchObject([
      {
        version: 0,
        system: 'playready',
        playready: { records: [{ kids: [{ kid }], LA_URL: 'https://a.example' }] },
      },
    ])
    expect(made).toMatchObject({ system: 'widevine', widevine: { keyIds: [kid.replaceAll('-', '')] } })
    expect((await said('pssh', 'decode', stdout.trim())).stdout).toContain(`"kid":"${kid}"`)
  })

  it('inspects a film for people and for programs', async () => {
    expect((await said('mp4', 'inspect', demoFilm)).stdout).toMatch(
      /video-1\s+avc1\.640028\s+1920x1080, 24\.000 fps/,
    )
    const { tracks, skipped } = JSON.parse(headend('mp4', 'inspect', demoFilm, '--json').stdout) as {
      tracks: readonly { id: string; segments: readonly unknown[] }[]
      skipped: readonly unknown[]
    }
    expect(tracks.map(({ id, segments }) => `${id} ${segments.length}`)).toEqual([
      'video-1 4',
      'audio-1 4',
      'video-1-trick 5',
    ])
    expect(skipped).toEqual([])
  })

  it.each([
    [['nonsense'], /^CLI_COMMAND: /],
    [['hls', 'rewrite', 'x'], /^CLI_USAGE: .*--identity/],
    [['hls', 'rewrite', '--identity', file('b.m3u8', 'hello')], /^HLS_NOT_A_PLAYLIST: /],
    [['mp4', 'inspect', file('c.mp4', 'hello')], /^MP4_NOT_MP4: /],
    [['mp4', 'inspect', '/nowhere/at/all.mp4'], /^FILE_NOT_FOUND: /],
    [['mp4', 'inspect', scratch], /^FILE_IS_FOLDER: /],
    [['dash', 'segments', file('d.mpd', '<MPD')], /^[A-Z0-9]+(_[A-Z0-9]+)+: /],
    [['pssh', 'decode', 'AAAA'], /^PSSH_TRUNCATED: /],
    [['pssh', 'make', '--system', 'nobody'], /^CLI_USAGE: --system/],
    [['pssh', 'make', '--system', 'widevine', '--kid', '1'], /^UUID_TEXT: /],
    [['token', '--role', 'king'], /^CLI_USAGE: .*expected either --role operator or --account and --content/],
    [['token', '--role', 'operator', '--ttl', 'soon'], /^CLI_USAGE: .*--ttl/],
  ])('says no in one line: %j', async (args, line) => {
    const { status, stdout, stderr } = await said(...args)
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(line)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  it('exits with 1 where it says no, and nothing else on stdout', () => {
    expect(headend('nonsense')).toEqual({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^CLI_COMMAND: .+\n$/),
    })
  })

  it('helps with one command, however it is asked', async () => {
    const { stdout } = await said('doctor', '--help')
    expect(stdout).toContain('proves a deployment')
    for (const words of [
      ['doctor', '-h'],
      ['help', 'doctor'],
    ])
      expect(await said(...words)).toEqual({ status: 0, stdout, stderr: '' })
    expect((await said('help', 'keys')).stdout).toMatch(/^headend keys export [^]+\n\nheadend keys import /)
    expect((await said('-h')).stdout).toBe((await said('help')).stdout)
  })

  it('says where to look for a headend, where none runs here and nobody is signed in to AWS', () => {
    const bare = { PATH: process.env['PATH'], HOME: scratch, AWS_EC2_METADATA_DISABLED: 'true' }
    const { status, stderr } = called(bare, ['outputs', '--stage', 'none', '--only', 'UploadBucket'])
    expect(status).toBe(1)
    expect(stderr).toMatch(/^CLI_CREDENTIALS: .+--data-dir.+in AWS sign in/)
  })

  it('says when nothing answers', () => {
    expect(headend('token', '--role', 'operator').stderr).toMatch(/^HEADEND_UNREACHABLE: /)
  })
})
