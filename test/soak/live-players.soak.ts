/**
 * Two minutes of a live channel in each player: no error, no stall, and how long a picture takes from the encoder to
 * the screen. Each picture says in black and white when it was made.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { percentile } from '../../bench/measure.ts'
import { showDemoFilm } from '../../bin/local/demo-film.ts'
import { launch } from '../browser/chromium.ts'
import { type Player, playerPages, players } from '../browser/player.ts'
import { type InProcess, startInProcess } from '../house/in-process.ts'
import { askApi } from '../house/operator-api.ts'

const playsSeconds = 120
const bits = 12
const side = 32
/** Ahead of any picture. */
const zeroSeconds = Math.floor(Date.now() / 1000) - 1

/** A row of squares: the tenths of a second since then. */
const squares = Array.from({ length: bits }, (_, bit) => {
  const isOn = `bitand(floor((time(0)-${zeroSeconds})*10),${2 ** bit})`
  return `drawbox=x=${side * bit}:y=0:w=${side}:h=${side}:color=white:t=fill:enable='${isOn}'`
}).join(',')

/** Notes twice a second how old the picture is, and whenever the player runs dry. */
const watching = `
  window.ages = []; window.stalls = 0;
  const canvas = document.createElement('canvas'); canvas.width = ${bits * side}; canvas.height = ${side};
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  v.addEventListener('waiting', () => { if (window.ages.length > 0) window.stalls++ });
  setInterval(() => {
    if (v.readyState < 2 || v.paused || v.currentTime === 0) return;
    pen.drawImage(v, 0, 0, ${bits * side}, ${side}, 0, 0, ${bits * side}, ${side});
    const { data } = pen.getImageData(0, ${side / 2}, ${bits * side}, 1);
    let tenths = 0;
    for (let bit = 0; bit < ${bits}; bit++) if (data[(bit * ${side} + ${side / 2}) * 4] > 128) tenths += 2 ** bit;
    // The squares begin anew after some minutes.
    window.ages.push((Date.now() / 1000 - ${zeroSeconds} - tenths / 10) % ${2 ** bits / 10});
  }, 500)`

async function untilThere(url: string): Promise<void> {
  while (!(await fetch(url)).ok) await new Promise((resolve) => setTimeout(resolve, 200))
}

interface Watched {
  readonly ages: readonly number[]
  readonly stalls: number
  readonly errors: readonly string[]
}

/**
 * An HLS player begins three target durations behind the end of its first playlist (RFC 8216bis 6.3.3), and that may be
 * a segment and a second or two old; an MPD says how far behind the clock it wants to be played.
 */
const mostSeconds: Readonly<Record<Player, (segmentSeconds: number) => number>> = {
  'hls.js': (segment) => 4 * segment + 2,
  'shaka-hls': (segment) => 4 * segment + 2,
  // It adds the longest a segment may last.
  'shaka-dash': (segment) => 3 * segment + 2.5,
  'dash.js': (segment) => 2 * segment + 4,
}

describe.each([6, 2])('a channel of segments of %i s', (segmentSeconds) => {
  let house: InProcess
  let browser: Browser
  let pages: { readonly url: string; readonly server: Server }
  let encoder: ChildProcess
  const scratch = mkdtempSync(join(tmpdir(), 'headend-glass-'))

  beforeAll(async () => {
    ;[house, browser, pages] = await Promise.all([startInProcess(), launch(), playerPages()])
    const signal = new AbortController().signal
    await showDemoFilm({ dataDir: scratch, outputs: house.outputs, signal, show: () => undefined })
    await askApi(house, 'PUT', '/v1/channels/glass', { segmentSeconds })
    const answer = await askApi(house, 'POST', '/v1/channels/glass/credentials')
    const { url, username, password } = (await answer.json()) as Record<string, string>
    const authorization = Buffer.from(`${username}:${password}`).toString('base64')
    const frames = 25 * segmentSeconds
    const words =
      `-v error -nostdin -re -f lavfi -i color=black:s=384x216:r=25 -re -f lavfi -i sine=f=440:r=48000 -vf ${squares} ` +
      `-c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -g ${frames} -keyint_min ${frames} -sc_threshold 0 ` +
      `-c:a aac -f hls -hls_time ${segmentSeconds} -method PUT`
    encoder = spawn(
      'ffmpeg',
      [...words.split(' '), '-headers', `Authorization: Basic ${authorization}`, `${url}live.m3u8`],
      { stdio: 'ignore' },
    )
    const manifest = `${house.outputs['PlaybackUrl']}/live/glass/index.m3u8`
    await untilThere(manifest)
    // As much as players want to begin with.
    await new Promise((resolve) => setTimeout(resolve, 4000 * segmentSeconds))
  }, 300_000)
  afterAll(async () => {
    encoder?.kill('SIGKILL')
    await browser?.close()
    pages?.server.close()
    await house?.stop()
    rmSync(scratch, { recursive: true, force: true })
  })

  it.each(players)(
    'plays in %s without stall, and no further behind than it means to be',
    async (player) => {
      const tab = await browser.newPage()
      const ending = player === 'shaka-dash' || player === 'dash.js' ? 'mpd' : 'm3u8'
      const url = `${house.outputs['PlaybackUrl']}/live/glass/index.${ending}`
      await tab.goto(`${pages.url}/?${new URLSearchParams({ player, url }).toString()}`)
      await tab.evaluate(watching)
      await tab.waitForTimeout(playsSeconds * 1000)
      const { ages, stalls, errors } = await tab.evaluate<Watched>('({ ages, stalls, errors })')
      await tab.close()
      console.log(
        `${player}, ${segmentSeconds} s: ${percentile(ages, 0.5).toFixed(1)} s behind (p99 ${percentile(ages, 0.99).toFixed(1)}), ${ages.length} looks, ${stalls} stalls`,
      )
      expect({ stalls, errors }).toEqual({ stalls: 0, errors: [] })
      expect(ages.length).toBeGreaterThan(playsSeconds)
      expect(percentile(ages, 0.5)).toBeLessThanOrEqual(mostSeconds[player](segmentSeconds))
    },
    300_000,
  )
})
