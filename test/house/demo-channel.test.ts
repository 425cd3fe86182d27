/** `npm start -- --demo-channel`: it says where the channel is, it plays by then, and it ends with the rest. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Headend, startHeadend } from './headend.ts'

let headend: Headend
beforeAll(async () => {
  headend = await startHeadend({ demoChannel: true })
})
afterAll(() => headend?.stop())

describe('npm start -- --demo-channel', () => {
  it('prints two URLs, which play, and goes on', async () => {
    const [hls = '', dash = ''] = headend.printed().match(/https?:\S+\/live\/demo\/index\.\w+/g) ?? []
    expect([hls, dash]).toEqual(
      ['m3u8', 'mpd'].map((ending) => `${headend.outputs['PlaybackUrl']}/live/demo/index.${ending}`),
    )
    const text = await (await fetch(hls)).text()
    const [uri = ''] = /^[^#\s]\S*\.m3u8$/m.exec(text) ?? []
    const newest = async () => (await (await fetch(new URL(uri, hls))).text()).trimEnd().split('\n').at(-1)
    const before = await newest()
    expect(before).toMatch(/\.m4s$/)
    await expect.poll(newest).not.toBe(before)
    expect((await fetch(dash)).status).toBe(200)
  })

  it('ends with the headend', async () => {
    const exited = new Promise((resolve) => headend.process.once('exit', resolve))
    headend.process.kill('SIGINT')
    expect(await exited).toBe(0)
    expect(headend.printed()).not.toMatch(/demo channel: /)
  })
})
