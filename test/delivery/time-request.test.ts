/** The clock of MPDs: the function that answers with the time, and how manifests come to its URL. */
import { describe, expect, it } from 'vitest'
import { clockUrlOf } from '../../lib/channels/index.ts'
import { functionCode } from '../../scripts/build.ts'
import { njsMissing, runInNjs } from '../judges/njs.ts'
import { eventOf, runInRealm } from './viewer-events.ts'

const code = await functionCode('lambdas/delivery/time-request.js')
const asked = { event: eventOf('/time'), store: {} }

describe('the time', () => {
  it.each(['njs', 'realm'].filter((engine) => engine !== 'njs' || njsMissing === undefined))(
    'is answered to any page and kept by no cache, in %s',
    (engine) => {
      const [outcome] = engine === 'njs' ? runInNjs(code, [asked]) : runInRealm(code, [asked])
      expect(outcome).toMatchObject({
        reads: 0,
        answer: {
          statusCode: 200,
          headers: { 'access-control-allow-origin': { value: '*' }, 'cache-control': { value: 'no-store' } },
          body: {
            encoding: 'text',
            data: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          },
        },
      })
    },
  )

  it('has a URL once the front is known, which stays while the front can not be read', async () => {
    const answers = [
      Promise.reject(new Error('not yet')),
      Promise.resolve({ playbackUrl: 'https://tv.example' }),
    ]
    const url = clockUrlOf(() => answers.shift() ?? Promise.reject(new Error('gone')))
    const urls: (string | undefined)[] = []
    for (let i = 0; i < 4; i++) {
      urls.push(url())
      await new Promise(setImmediate)
    }
    expect(urls).toEqual([undefined, undefined, 'https://tv.example/time', 'https://tv.example/time'])
  })
})
