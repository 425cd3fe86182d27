/** Manifests of channels at the edge: the same text as in the region, and what is too large goes on to there. */
import type { CloudFrontRequestEvent } from 'aws-lambda'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { takeObject } from '../../lib/channels/ingest/take-object.ts'
import { edgeEvent } from '../delivery/edge-event.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { manifestPath, playlistUris, startChannels, writtenBy } from './feeds.ts'

describe.skipIf(ffmpegMissing !== undefined)('a channel at the edge', () => {
  let room: Awaited<ReturnType<typeof startChannels>>
  let handler: typeof import('../../lambdas/delivery/live-manifest-edge.ts').handler
  beforeAll(async () => {
    room = await startChannels()
    for (const [i, written] of writtenBy('ts', 12).entries()) {
      room.clock.nowMs = Date.now() - 12_000 + i * 2000
      await takeObject(room.ports, room.object(written, room.clock.nowMs))
    }
    // Where the row of a protected channel would be.
    vi.stubEnv('AWS_ENDPOINT_URL', process.env['AWS_ENDPOINT_URL_DYNAMODB'] ?? '')
    vi.resetModules()
    ;({ handler } = await import('../../lambdas/delivery/live-manifest-edge.ts'))
    room.clock.nowMs = Date.now()
  })
  afterAll(() => room.stop())

  const settings = {
    'media-bucket': 'media',
    'index-table': 'index',
    region: 'eu-west-1',
    'channels-table': 'channels',
  }
  const eventOf = (path: string, querystring = ''): CloudFrontRequestEvent =>
    edgeEvent({ uri: `/${manifestPath(path)}`, querystring, settings })
  const atEdge = async (path: string, query = '') => {
    const answer = await handler(eventOf(path, query))
    return answer && 'status' in answer ? { status: answer.status, body: answer.body ?? '' } : answer
  }

  it('has the manifests of the region, for each way to ask', async () => {
    const start = Math.floor(Date.now() / 1000) - 10
    for (const query of ['', `start=${start}`, 'time_delay=4']) {
      const top = await atEdge('index.m3u8', query)
      expect(top).toEqual({ status: '200', body: (await room.get('index.m3u8', query)).body })
      const uris = playlistUris((await room.get('index.m3u8', query)).body)
      expect(uris.length).toBeGreaterThan(1)
      for (const uri of uris)
        expect(await atEdge(uri)).toEqual({ status: '200', body: (await room.get(uri)).body })
    }
  })

  it('names the clock of its own distribution in MPDs', async () => {
    const mpd = await atEdge('index.mpd')
    expect(mpd).toMatchObject({ status: '200' })
    expect(JSON.stringify(mpd)).toContain('https://d.cloudfront.net/time')
  })

  it('says what is not there, and hands on what the stores kept it from', async () => {
    expect(await atEdge('/live/other/index.m3u8')).toMatchObject({ status: '404' })
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', 'http://127.0.0.1:9')
    const event = eventOf('index.m3u8')
    expect(await handler(event)).toBe(event.Records[0]?.cf.request)
    expect(event.Records[0]?.cf.request.headers['x-headend-edge-fault']).toBeDefined()
  })
})
