/** `headend push FOLDER` over a folder and nobody who takes it: what is passed over, lost, and the end of all. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type FolderOptions, pushFolder } from '../../../bin/push/folder/push-folder.ts'
import type { Sender } from '../../../bin/push/send/sender.ts'
import { madeInit, madeSegment } from './made-feed.ts'

const scratch = mkdtempSync(join(tmpdir(), 'headend-folder-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** A new folder with these files. */
function folderOf(files: Readonly<Record<string, Uint8Array | string>>): string {
  const folder = mkdtempSync(join(scratch, 'f'))
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), bytes)
  }
  return folder
}

const takesAll: Sender = { send: async (object) => ((await object.read()) ? 'sent' : 'nothing') }

/** Pushes a folder once; the clock goes as pauses pass. */
async function pushed(folder: string, sender: Sender, more: Partial<FolderOptions> = {}) {
  const sent: string[] = []
  const told: string[] = []
  let nowMs = Date.now()
  const totals = await pushFolder({
    folder,
    sender: {
      send(object) {
        sent.push(object.path)
        return sender.send(object)
      },
    },
    segmentSeconds: 2,
    last: 4,
    once: true,
    clock: { now: () => nowMs, sleep: async (ms) => void (nowMs += ms) },
    tell: (line) => void told.push(line),
    signal: new AbortController().signal,
    ...more,
  })
  return { sent, told, totals }
}

describe('a folder', () => {
  it('may have folders in it, whose streams have init segments of their own', async () => {
    const folder = folderOf({
      'low/init.mp4': madeInit(),
      'low/1.m4s': madeSegment(1),
      'high/init.mp4': madeInit(),
      'high/1.m4s': madeSegment(1),
      'none/1.m4s': madeSegment(1),
    })
    const { sent, told, totals } = await pushed(folder, takesAll)
    expect(sent.slice(0, 2).toSorted()).toEqual(['high/init.mp4', 'low/init.mp4'])
    expect(sent.slice(2).toSorted()).toEqual(['high/1.m4s', 'low/1.m4s'])
    expect(totals).toEqual({ sent: 4, failed: 1, left: 0 })
    expect(told).toContainEqual(expect.stringMatching(/^none\/1\.m4s: not sent/))
  })

  it('passes over what a channel does not take, and a file that grows for ever, and says so once a stream', async () => {
    const head = '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-BYTERANGE:10@0\n#EXTINF:2,\nall.mp4\n'
    const folder = folderOf({
      'all.m3u8': head,
      'all.mp4': Buffer.concat([madeInit(), madeSegment(1)]),
      'thumbs/1.jpg': 'no media at all',
      'thumbs/2.jpg': 'no media at all',
    })
    const { sent, told, totals } = await pushed(folder, takesAll)
    expect([sent, totals]).toEqual([[], { sent: 0, failed: 0, left: 0 }])
    expect(told.map((line) => line.split(',')[0])).toEqual([
      'all.mp4: left out',
      expect.stringMatching(/^thumbs\/.*: left out$/),
    ])
  })

  it('loses what its encoder takes away before its turn, which is counted', async () => {
    const folder = folderOf({ 'init.mp4': madeInit(), 'a1.m4s': madeSegment(1), 'a2.m4s': madeSegment(2) })
    const { told, totals } = await pushed(folder, {
      send: async (object) => {
        if (object.path === 'a1.m4s') rmSync(join(folder, 'a1.m4s'))
        return takesAll.send(object)
      },
    })
    expect(totals).toEqual({ sent: 2, failed: 1, left: 0 })
    expect(told).toEqual([expect.stringMatching(/^a1\.m4s: not sent, it was taken away/)])
  })

  it('is given up when its channel is, by an init segment as by a segment', async () => {
    const gone = new Error('no such channel')
    for (const path of ['init.mp4', 'a1.m4s']) {
      const folder = folderOf({ 'init.mp4': madeInit(), 'a1.m4s': madeSegment(1) })
      const refused = pushed(folder, {
        send: (object) => (object.path === path ? Promise.reject(gone) : takesAll.send(object)),
      })
      await expect(refused).rejects.toBe(gone)
    }
  })

  it('that is not there is no folder', async () => {
    await expect(pushed(join(scratch, 'nowhere'), takesAll)).rejects.toMatchObject({ code: 'PUSH_FOLDER' })
  })
})
