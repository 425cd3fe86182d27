import { assert, constantFrom, integer, oneof, option, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readUploadKey } from '../../lib/assets/index.ts'
import { partBytesFor, partCountOf, partRange, uploadTarget } from '../../lib/assets/uploads/plan.ts'

const mebibyte = 2 ** 20

describe('where an upload goes', () => {
  it.each([
    ['film.mp4', 'vod/film.mp4'],
    ['Big Buck Bunny (2008).MP4', 'vod/Big-Buck-Bunny-2008.mp4'],
    ['C:\\films\\Épisode n°1.mov', 'vod/Episode-n-1.mov'],
    ['../../etc/passwd', 'vod/passwd.mp4'],
    ['a.b.c.mkv', 'vod/a.b.c.mkv'],
    ['..mp4', 'vod/film-by08hd.mp4'],
    ['noextension', 'vod/noextension.mp4'],
    ['.hidden', 'vod/hidden.mp4'],
    ['film.mp4; rm -rf', 'vod/film.mp4'],
  ])('%s goes to %s', (fileName, key) => {
    expect(uploadTarget({ fileName }).key).toBe(key)
  })

  it('keeps names without a Latin letter apart', () => {
    const ids = ['фильм.mp4', '映画.mp4'].map((fileName) => uploadTarget({ fileName }).assetId)
    expect(new Set(ids).size).toBe(2)
    for (const id of ids) expect(id).toMatch(/^film-[a-z0-9]+$/)
  })

  it('takes the extension of the type where the name has none, and the id that was given', () => {
    expect(uploadTarget({ assetId: 'x', contentType: 'video/MP2T; a=b' }).key).toBe('vod/x.ts')
    expect(uploadTarget({ assetId: 'x', fileName: 'Other Name.mov' }).key).toBe('vod/x.mov')
  })

  it.each([
    ['en.vtt', undefined, 'vod/film/en.vtt'],
    ['Film (2008).pt-BR.SRT', undefined, 'vod/film/Film-2008-.pt-BR.srt'],
    ['de.ttml', undefined, 'vod/film/de.ttml'],
    ['scc.scc', undefined, 'vod/film/scc.scc'],
    ['фильм.xml', undefined, 'vod/film/film-by0.xml'],
    [undefined, 'text/vtt; charset=utf-8', 'vod/film/film-1z141z3.vtt'],
    ['asset.json', undefined, 'vod/film/asset.json'],
  ])('%s of type %s goes into the folder of its film', (fileName, contentType, key) => {
    expect(
      uploadTarget({ assetId: 'film', fileName, contentType }).key.replace(/film-[a-z0-9]+\./, 'film-*.'),
    ).toBe(key.replace(/film-[a-z0-9]+\./, 'film-*.'))
  })

  it.each([
    ['film.mp4', 'vod/film/film.mp4'],
    ['Deutsch.de.m4a', 'vod/film/Deutsch.de.m4a'],
    ['asset.json', 'vod/film/asset.json'],
  ])('%s goes into the folder, too, where it is one of several files', (fileName, key) => {
    expect(uploadTarget({ assetId: 'film', fileName, folder: true }).key).toBe(key)
    expect(() => uploadTarget({ fileName, folder: true })).toThrow(/expected an assetId beside it/)
  })

  it.each(['en.vtt', 'film.en.srt', 'x.TTML', 'asset.json'])('%s alone belongs to nobody', (fileName) => {
    expect(() => uploadTarget({ fileName })).toThrow(/expected an assetId beside it/)
  })

  it('is a key that ingest takes for the same asset, whatever is asked', () => {
    const names = oneof(
      string({ unit: 'binary', minLength: 1, maxLength: 300 }),
      constantFrom(
        'en.vtt',
        'a.b.vtt',
        '.vtt',
        '..srt',
        'x.scc',
        'asset.json',
        'a/asset.json',
        'live/x.mp4',
        'x.',
      ),
    )
    const ids = option(constantFrom('film', 'a.vtt', 'asset.json', '...', 'x'.repeat(128)), {
      nil: undefined,
    })
    const types = constantFrom(undefined, 'text/vtt', 'video/mp2t', 'application/ttml+xml', '; ;')
    assert(
      property(names, ids, types, (fileName, assetId, contentType) => {
        let target: ReturnType<typeof uploadTarget>
        try {
          target = uploadTarget({ fileName, assetId, contentType })
        } catch (error) {
          expect(error).toMatchObject({ code: 'UPLOAD_NAME' })
          expect(assetId).toBeUndefined()
          return
        }
        expect(readUploadKey(target.key)).toMatchObject({
          kind: expect.stringMatching(/^(whole|part|commit)$/),
          assetId: target.assetId,
        })
        if (assetId !== undefined) expect(target.assetId).toBe(assetId)
      }),
    )
  })

  it('always makes a key of the contract', () => {
    assert(
      property(string({ unit: 'binary', minLength: 1, maxLength: 300 }), (fileName) => {
        const { assetId, key } = uploadTarget({ fileName })
        expect(assetId).toMatch(/^[A-Za-z0-9._-]{1,128}$/)
        expect(['.', '..']).not.toContain(assetId)
        expect(key).toMatch(/^vod\/[A-Za-z0-9._-]{1,128}\.[a-z0-9]{1,8}$/)
      }),
    )
  })
})

describe('the parts of an upload', () => {
  it('cover every byte once, within the limits of S3', () => {
    assert(
      property(integer({ min: 1, max: 5 * 2 ** 40 }), (bytes) => {
        const partBytes = partBytesFor(bytes)
        const count = partCountOf(bytes, partBytes)
        expect(partBytes).toBeGreaterThanOrEqual(5 * mebibyte)
        expect(partBytes).toBeLessThanOrEqual(5 * 2 ** 30)
        expect(count).toBeLessThanOrEqual(10_000)
        const last = partRange({ bytes, partBytes }, count)
        expect(last.offset + last.bytes).toBe(bytes)
        expect(last.bytes).toBeGreaterThan(0)
      }),
    )
  })

  it('are small for ordinary films', () => {
    expect(partBytesFor(4 * 2 ** 30)).toBe(8 * mebibyte)
    expect(partBytesFor(5 * 2 ** 40)).toBe(525 * mebibyte)
  })
})
