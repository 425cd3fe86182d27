import { describe, expect, it } from 'vitest'
import type { UploadRequest } from '../../lib/assets/api/schemas.ts'
import { type Api, ApiError } from '../../web/src/api.ts'
import { planOf } from '../../web/src/uploads/grouping.ts'
import { totalOf } from '../../web/src/uploads/progress.ts'
import { Uploads } from '../../web/src/uploads/uploads.ts'

/** An API and a bucket in memory; files of `refused` are not taken. */
function stage(refused: ReadonlySet<string> = new Set()) {
  const begun: UploadRequest[] = []
  const stored = new Map<string, string>()
  const api: Pick<Api, 'beginUpload' | 'completeUpload' | 'abortUpload'> = {
    beginUpload(request) {
      begun.push(request)
      const { fileName = '', assetId = '', bytes, folder } = request
      if (refused.has(fileName)) return Promise.reject(new ApiError(400, 'UPLOAD_NAME', 'no'))
      const isFilm = fileName.endsWith('.mp4') && !folder
      const key = isFilm ? `vod/${assetId}.mp4` : `vod/${assetId}/${fileName}`
      const parts = [{ number: 1, offset: 0, bytes, url: key }]
      const facts = { id: key, assetId, key, replaces: false, bytes, partBytes: bytes, partCount: 1 }
      return Promise.resolve({ ...facts, parts, urlsExpireAt: '' })
    },
    completeUpload: (key) => Promise.resolve({ assetId: 'film', key, bytes: 1, versionId: key }),
    abortUpload: () => Promise.resolve(),
  }
  const uploads = new Uploads(api as Api, {
    async put(url, body) {
      stored.set(url, await body.text())
      return 200
    },
    wait: () => Promise.resolve(),
    memory: { getItem: () => null, setItem: () => undefined, removeItem: () => undefined },
  })
  return { uploads, begun, stored }
}

function film(names: string) {
  const [plan] = planOf(names.split(', ').map((name) => new File([name], name))).films
  if (!plan) throw new Error('no film')
  return plan
}

const states = ({ list }: Uploads) =>
  list
    .map(({ name, state, waitsFor }) => `${name} ${waitsFor ? `waits for ${waitsFor}` : state}`)
    .toReversed()

describe('a film that is sent with what goes with it', () => {
  it('arrives before its subtitles, whose names say the language', async () => {
    const { uploads, begun, stored } = stage()
    uploads.addFilm({ plan: film('film.mp4, film.de.srt, film.en.vtt'), isCommitted: false })
    expect(states(uploads)).toEqual([
      'film.mp4 sending',
      'film.de.srt waits for film.mp4',
      'film.en.vtt waits for film.mp4',
    ])
    await expect.poll(() => uploads.busy).toBe(false)
    expect(begun.map(({ fileName, folder }) => [fileName, folder])).toEqual([
      ['film.mp4', undefined],
      ['film.de.srt', undefined],
      ['film.en.vtt', undefined],
    ])
    expect([...stored.keys()]).toEqual(['vod/film.mp4', 'vod/film/film.de.srt', 'vod/film/film.en.vtt'])
    expect(totalOf(uploads.list)).toMatchObject({ bytes: 30, sentBytes: 30 })
  })

  it('goes into one folder where it has sound of its own, and asset.json comes last', async () => {
    const { uploads, begun, stored } = stage()
    uploads.addFilm({ plan: film('film.mp4, film.sv.m4a, film.de.srt'), isCommitted: true, title: 'T' })
    await expect.poll(() => uploads.busy).toBe(false)
    expect(begun.every(({ folder, assetId }) => folder && assetId === 'film')).toBe(true)
    expect([...stored.keys()].at(-1)).toBe('vod/film/asset.json')
    expect(JSON.parse(stored.get('vod/film/asset.json') ?? '')).toEqual({
      title: 'T',
      files: [
        { name: 'film.mp4' },
        { name: 'film.sv.m4a', language: 'sv' },
        { name: 'film.de.srt', language: 'de' },
      ],
    })
  })

  it('waits for a file that failed, and goes on without it once that is said', async () => {
    const { uploads, stored } = stage(new Set(['film.sv.m4a']))
    uploads.addFilm({ plan: film('film.mp4, film.sv.m4a'), isCommitted: true })
    await expect
      .poll(() => states(uploads))
      .toEqual(['film.mp4 sent', 'film.sv.m4a failed', 'asset.json waits for film.sv.m4a'])
    uploads.remove(2)
    await expect.poll(() => uploads.busy).toBe(false)
    expect(JSON.parse(stored.get('vod/film/asset.json') ?? '')).toEqual({ files: [{ name: 'film.mp4' }] })
  })

  it('takes what goes with it off the list where it is not sent at all', async () => {
    const { uploads, stored } = stage(new Set(['film.mp4']))
    uploads.addFilm({ plan: film('film.mp4, film.de.srt'), isCommitted: false })
    await expect.poll(() => states(uploads)).toEqual(['film.mp4 failed', 'film.de.srt waits for film.mp4'])
    uploads.remove(1)
    expect([uploads.list, stored.size]).toEqual([[], 0])
  })
})
