/** What a headend of before left behind: its films go on playing, and its URLs give the same bytes for ever. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Headend, startHeadend } from './headend.ts'
import { askApi } from './operator-api.ts'

interface Recorded {
  readonly status: number
  readonly sha256: string
  readonly bytes: number
}

const folder = mkdtempSync(join(tmpdir(), 'headend-old-'))
let headend: Headend
let recorded: readonly (readonly [string, Recorded])[]

beforeAll(async () => {
  execFileSync('tar', ['xzf', join(import.meta.dirname, 'old-data/one-stack.tar.gz'), '-C', folder])
  recorded = Object.entries(JSON.parse(readFileSync(join(folder, 'answers.json'), 'utf8')))
  headend = await startHeadend({ empty: true, dataDir: join(folder, 'data') })
})
afterAll(async () => {
  await headend?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const assetOf = (path: string): string => /vod\/([a-z]+)\//.exec(path)?.[1] ?? ''

/** Asks a URL of before as a viewer of today, and how it differs from what was answered then. */
async function difference([path, before]: readonly [string, Recorded], session: string): Promise<string[]> {
  const response = await fetch(`${headend.outputs['PlaybackUrl']}/s/${session}/${path}`)
  const bytes = Buffer.from(await response.arrayBuffer())
  if (response.status !== 200) return [`${path}: ${response.status} ${bytes.toString().slice(0, 200)}`]
  // What lists the film may say more than before; all that it names is named by its contents.
  if (/\/index\.(m3u8|mpd)/.test(path) || before.status !== 200) return []
  const now = createHash('sha256').update(bytes).digest('hex').slice(0, before.sha256.length)
  return now === before.sha256 ? [] : [`${path}: other bytes, ${bytes.length} instead of ${before.bytes}`]
}

async function sessionFor(asset: string): Promise<string> {
  const response = await askApi(headend, 'POST', '/v1/sessions', { content: `vod/${asset}` })
  const { token } = (await response.json()) as { token: string }
  return token
}

describe('a data directory of before', () => {
  it('lists its films', async () => {
    const response = await askApi(headend, 'GET', '/v1/assets')
    const { assets } = (await response.json()) as { assets: { id: string; state: string }[] }
    expect(assets.map(({ id, state }) => `${id} ${state}`).toSorted()).toEqual(
      ['byapi', 'clear', 'led', 'offagain', 'rotated', 'single'].map((id) => `${id} ready`),
    )
  })

  it.each(['clear', 'single', 'rotated', 'led', 'byapi', 'offagain'])(
    'plays %s at every URL there was, with the same bytes',
    async (asset) => {
      const session = await sessionFor(asset)
      const own = recorded.filter(([path]) => assetOf(path) === asset)
      expect(own.length).toBeGreaterThan(20)
      const differences: string[] = []
      for (const one of own) differences.push(...(await difference(one, session)))
      expect(differences).toEqual([])
    },
  )
})
