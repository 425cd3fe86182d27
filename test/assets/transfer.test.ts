import { describe, expect, it } from 'vitest'
import { type Api, ApiError } from '../../web/src/api.ts'
import { type PutPart, type TransferTools, transfer } from '../../web/src/uploads/transfer.ts'

const partBytes = 10

/** An API and a bucket in memory, behind a network that can be made to fail. */
function stage(bytes: number) {
  const partCount = Math.ceil(bytes / partBytes)
  const stored = new Map<number, string>()
  const calls: string[] = []
  const memory = new Map<string, string>()
  const waits: number[] = []
  const control = new AbortController()
  let sentBytes = 0
  let generation = 0
  const answers: { put: (number: number, url: string) => number | undefined; complete: () => void } = {
    put: () => undefined,
    complete: () => undefined,
  }
  const part = (number: number) => ({
    number,
    offset: (number - 1) * partBytes,
    bytes: Math.min(partBytes, bytes - (number - 1) * partBytes),
    url: `part:${number}:${generation++}`,
  })
  const facts = { id: 'u1', assetId: 'film', key: 'vod/film.mp4', bytes, partBytes, partCount }
  const urlsExpireAt = ''
  const api: Pick<Api, 'beginUpload' | 'uploadState' | 'uploadParts' | 'completeUpload' | 'abortUpload'> = {
    beginUpload: ({ assetId }) => {
      calls.push(assetId === undefined ? 'begin' : `begin ${assetId}`)
      const parts = Array.from({ length: Math.min(partCount, 50) }, (_, i) => part(i + 1))
      return Promise.resolve({ ...facts, replaces: true, parts, urlsExpireAt })
    },
    uploadState: () => {
      calls.push('state')
      const received = [...stored].map(([number, text]) => ({ number, bytes: text.length }))
      return Promise.resolve({ ...facts, received })
    },
    uploadParts: (_, numbers) => {
      calls.push(`urls ${numbers.length}`)
      return Promise.resolve({ parts: numbers.map(part), urlsExpireAt })
    },
    completeUpload: async () => {
      calls.push('complete')
      answers.complete()
      await Promise.resolve()
      return { assetId: 'film', key: 'vod/film.mp4', bytes, versionId: 'v1' }
    },
    abortUpload: () => {
      calls.push('abort')
      return Promise.resolve()
    },
  }
  const put: PutPart = async (url, body, { sent, signal }) => {
    const number = Number(url.split(':')[1])
    const status = answers.put(number, url) ?? 200
    sent(body.size / 2)
    const text = await body.text()
    signal.throwIfAborted()
    if (status === 0) throw new Error('no answer')
    if (status === 200) stored.set(number, text)
    return status
  }
  const text = Array.from({ length: bytes }, (_, i) => String.fromCharCode(97 + (i % 26))).join('')
  const source = Object.assign(new Blob([text]), { name: 'film.mp4', lastModified: 1 })
  const tools: TransferTools = {
    api: api as Api,
    put,
    memory: {
      getItem: (name) => memory.get(name) ?? null,
      setItem: (name, value) => void memory.set(name, value),
      removeItem: (name) => void memory.delete(name),
    },
    wait: (ms) => {
      waits.push(ms)
      return Promise.resolve()
    },
    signal: control.signal,
    begun: ({ replaces }) => void calls.push(`begun ${replaces}`),
    sent: (count) => {
      sentBytes = count
    },
  }
  const whole = () => Array.from({ length: partCount }, (_, i) => stored.get(i + 1)).join('')
  return {
    run: (assetId?: string) => transfer(source, { ...tools, ...(assetId !== undefined && { assetId }) }),
    stored,
    calls,
    memory,
    waits,
    control,
    answers,
    text,
    whole,
    sentBytes: () => sentBytes,
  }
}

describe('sending a file', () => {
  it('sends every byte once and tells how far it is', async () => {
    const { run, whole, text, calls, memory, sentBytes } = stage(95)
    await expect(run()).resolves.toMatchObject({ assetId: 'film', versionId: 'v1' })
    expect(whole()).toBe(text)
    expect(sentBytes()).toBe(95)
    expect(calls).toEqual(['begin', 'begun true', 'complete'])
    expect(memory.size).toBe(0)
  })

  it('sends it to the asset it is for, and does not take up what was begun for another', async () => {
    const { run, calls, answers } = stage(20)
    answers.put = () => 403
    await expect(run()).rejects.toThrow('part')
    answers.put = () => undefined
    await run('other')
    expect(calls).toContain('begin other')
    expect(calls).not.toContain('state')
  })

  it('asks for the URLs of many parts in batches', async () => {
    const { run, whole, text, calls } = stage(1234)
    await run()
    expect(whole()).toBe(text)
    expect(calls.filter((call) => call.startsWith('urls'))).toEqual(['urls 50', 'urls 24'])
  })

  it('tries a part again, longer apart each time, with a fresh URL', async () => {
    const { run, whole, text, waits, answers } = stage(30)
    const urls: string[] = []
    answers.put = (number, url) => {
      if (number !== 2) return 200
      urls.push(url)
      return [0, 503, 403][urls.length - 1]
    }
    await run()
    expect(whole()).toBe(text)
    expect(waits).toEqual([500, 1000, 2000])
    expect(new Set(urls).size).toBe(4)
  })

  it('fails when a part never gets through, and goes on from there when tried again', async () => {
    const { run, whole, text, calls, stored, answers } = stage(95)
    answers.put = (number) => (number === 7 ? 0 : undefined)
    await expect(run()).rejects.toMatchObject({ code: 'UPLOAD_PART' })
    expect(calls).not.toContain('abort')
    const before = stored.size
    expect(before).toBeGreaterThan(0)
    const sent: number[] = []
    answers.put = (number) => {
      sent.push(number)
      return undefined
    }
    await run()
    expect(whole()).toBe(text)
    expect(sent).toHaveLength(10 - before)
    expect(calls.filter((call) => call === 'begin')).toHaveLength(1)
  })

  it('sends a part again that arrived with another length', async () => {
    const { run, whole, text, stored, memory } = stage(25)
    memory.set('headend.upload.film.mp4.25.1', 'u1')
    stored.set(1, 'short').set(2, text.slice(10, 20))
    await run()
    expect(whole()).toBe(text)
  })

  it('completes again when the answer was lost', async () => {
    const { run, calls, answers } = stage(25)
    let times = 0
    answers.complete = () => {
      if (++times < 3) throw new ApiError(0, 'API_UNREACHABLE', 'no answer')
    }
    await run()
    expect(calls.filter((call) => call === 'complete')).toHaveLength(3)
  })

  it('takes a refusal as final', async () => {
    const { run, calls, answers } = stage(25)
    answers.complete = () => {
      throw new ApiError(409, 'UPLOAD_INCOMPLETE', 'parts are missing')
    }
    await expect(run()).rejects.toMatchObject({ code: 'UPLOAD_INCOMPLETE' })
    expect(calls.filter((call) => call === 'complete')).toHaveLength(1)
  })

  it('gives its parts up when it is cancelled', async () => {
    const { run, calls, memory, control, answers } = stage(1000)
    answers.put = (number) => {
      if (number === 20) control.abort(new Error('cancelled'))
      return undefined
    }
    await expect(run()).rejects.toThrow('cancelled')
    expect(calls).toContain('abort')
    expect(calls).not.toContain('complete')
    expect(memory.size).toBe(0)
  })
})
