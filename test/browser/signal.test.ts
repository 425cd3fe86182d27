/** Films whose manifests say more than plain players know, in players under real Chromium: nothing that plays is dropped. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { vodPresentation } from '../../lib/delivery/index.ts'
import { openTheatre, type Theatre } from '../delivery/theatre.ts'
import { boxOf, editBoxes } from '../packaging/reading/edit-boxes.ts'
import { browserMissing, type ChromiumStage, launchStage } from './chromium.ts'
import { type Played, type Player, play, playerPages, players } from './player.ts'

let browser: ChromiumStage
let theatre: Theatre
let pages: { readonly url: string; readonly server: Server }
let folder: string

beforeAll(async () => {
  if (browserMissing !== undefined) return
  ;[browser, theatre, pages] = await Promise.all([launchStage(), openTheatre(), playerPages()])
  folder = mkdtempSync(join(tmpdir(), 'signal-'))
})
afterAll(async () => {
  await browser?.close()
  theatre?.close()
  pages?.server.close()
  if (folder) rmSync(folder, { recursive: true })
})

const source =
  '-f lavfi -i testsrc2=size=320x180:rate=25:duration=8 -f lavfi -i sine=sample_rate=48000:duration=8'
const avc = '-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 50'
const vp9 = (transfer: string) =>
  `-c:v libvpx-vp9 -profile:v 2 -pix_fmt yuv420p10le -deadline realtime -cpu-used 8 -g 50 -c:a aac ` +
  `-color_primaries bt2020 -color_trc ${transfer} -colorspace bt2020nc`

const run = promisify(execFile)

/** Makes a film with FFmpeg, shows it, and plays some of it. */
async function shown(name: string, words: string, change = (film: Uint8Array) => film) {
  const path = join(folder, `${name}.mp4`)
  await run('ffmpeg', ['-v', 'error', '-y', ...`${source} ${words}`.split(' '), path])
  writeFileSync(path, change(readFileSync(path)))
  const timeline = await theatre.show(path, `vod/${name}`)
  theatre.programme(timeline.id, () => vodPresentation(timeline))
  return (player: Player): Promise<Played> => {
    const ending = player === 'shaka-dash' || player === 'dash.js' ? 'mpd' : 'm3u8'
    const url = `${theatre.url}/vod/${name}/index.${ending}`
    return play({ browser, pages: pages.url, player, url, untilSeconds: 2 })
  }
}

/** A record of profile 9, level 3, over SDR, in the sample entry. */
function withDolbyVision(film: Uint8Array): Uint8Array {
  const record = boxOf('dvvC', Buffer.from(`0100121d20${'00'.repeat(19)}`, 'hex'))
  return editBoxes(film, ({ type, raw }) => {
    if (type !== 'stsd' || !Buffer.from(raw).includes('avc1')) return undefined
    return boxOf('stsd', raw.subarray(8, 16), boxOf('avc1', raw.subarray(24), record))
  })
}

describe.skipIf(browserMissing !== undefined)(`films ${browserMissing ?? ''}`, () => {
  it.concurrent.each([
    ['in PQ', 'pq', vp9('smpte2084')],
    ['in HLG', 'hlg', vp9('arib-std-b67')],
    ['with Dolby Vision above', 'dolby', `${avc} -c:a aac`, withDolbyVision],
    ['with sound some players do not know', 'opus', `${avc} -c:a libopus`],
  ] as const)('%s play with sound in every player', async (_name, file, words, change?) => {
    const playIn = await shown(file, words, change)
    for (const player of players) {
      const played = await playIn(player)
      expect(played.errors, player).toEqual([])
      expect(played.frames, player).toBeGreaterThan(40)
      expect(played.audioBytes, player).toBeGreaterThan(0)
    }
  })

  // Shaka Player takes no variant without sound where others have it, and no sound it can't decode.
  it.concurrent('whose only sound Chromium can not decode show their pictures', async () => {
    const playIn = await shown('ac-3', `${avc} -c:a ac3`)
    for (const player of ['hls.js', 'dash.js'] as const) {
      const played = await playIn(player)
      expect(played.errors, player).toEqual([])
      expect(played.frames, player).toBeGreaterThan(40)
    }
  })
})
