/** Text tracks as FFmpeg writes them: timed text and TTML of SubRip. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readWebVtt } from '../../../lib/formats/webvtt/read.ts'
import { programPath } from '../../judges/programs.ts'
import { fileSource } from '../films/films.ts'
import { textHouse } from './house.ts'

const missing = programPath('ffmpeg') === undefined ? 'skipped: no ffmpeg; install it' : undefined
const subRip = `1
00:00:01,000 --> 00:00:03,500
Hello <i>world</i> & 你好

2
00:00:05,000 --> 00:00:08,000
<b>Two</b>
lines

3
00:00:10,250 --> 00:00:11,000
Last
`
const budget = mkdtempSync(join(tmpdir(), 'headend-texts-'))
const path = (name: string) => join(budget, name)
const ffmpeg = (words: string) =>
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...words.split(' ')], { cwd: budget })

beforeAll(() => {
  if (missing) return
  writeFileSync(path('en.srt'), subRip)
  ffmpeg(
    '-f lavfi -i testsrc=d=12:s=160x90:r=25 -i en.srt -c:v libx264 -preset ultrafast -g 50 -c:s mov_text -metadata:s:s:0 language=fra film.mp4',
  )
  ffmpeg('-i film.mp4 -map 0 -c copy -movflags frag_keyframe+empty_moov fragmented.mp4')
  ffmpeg('-i film.mp4 -map 0 -c copy film.mov')
  ffmpeg('-i film.mp4 -map 0 -c:v copy -c:s ttml ttml.mp4')
})
afterAll(() => rmSync(budget, { recursive: true }))

describe.skipIf(missing !== undefined)(`texts FFmpeg wrote${missing ? ` (${missing})` : ''}`, () => {
  it.each(['film.mp4', 'fragmented.mp4', 'film.mov'])('as mov_text in %s are WebVTT', async (name) => {
    const house = await textHouse(fileSource(path(name)))
    expect(house.films.skipped).toEqual([])
    expect(house.texts).toMatchObject([{ configs: [{ codec: 'wvtt' }] }])
    // QuickTime has codes of the Macintosh for languages.
    if (!name.endsWith('.mov')) expect(house.texts[0]?.language).toBe('fr')
    const texts = await Promise.all(
      (house.texts[0]?.segments ?? []).map(({ number }) =>
        house.text(house.media('text-1', `${number}.0.vtt`)),
      ),
    )
    expect(
      texts.map((text) => readWebVtt(text).cues.map((cue) => [cue.startMs, cue.endMs, cue.text])),
    ).toEqual([
      [
        [1000, 3500, 'Hello <i>world</i> &amp; 你好'],
        [5000, 8000, '<b>Two</b>\nlines'],
      ],
      [
        [5000, 8000, '<b>Two</b>\nlines'],
        [10_250, 11_000, 'Last'],
      ],
    ])
  })

  it('come back with the times they had, as its own demuxer sees them', async () => {
    const house = await textHouse(fileSource(path('film.mp4')))
    const pieces = ['i-1.mp4', '1.0.m4s', '2.0.m4s'].map((file) => house.get(house.media('text-1', file)))
    writeFileSync(path('wvtt.mp4'), Buffer.concat((await Promise.all(pieces)).map(({ bytes }) => bytes)))
    const shown = execFileSync('ffprobe', [
      ...'-v error -show_entries packet=pts_time -of csv=p=0'.split(' '),
      path('wvtt.mp4'),
    ])
    const times = shown
      .toString()
      .trim()
      .split('\n')
      .map((line) => Number.parseFloat(line))
    expect(times).toEqual([0, 1, 3.5, 5, 6, 8, 10.25, 11])
  })

  it('as TTML are TTML', async () => {
    const house = await textHouse(fileSource(path('ttml.mp4')))
    expect(house.texts).toMatchObject([{ configs: [{ codec: 'stpp.ttml.im1t' }] }])
    for (const { number } of house.texts[0]?.segments ?? [])
      expect(await house.text(house.media('text-1', `${number}.0.m4s`))).toContain(
        '<p\n        begin="00:00:05.000"',
      )
  })
})
