import { describe, expect, it } from 'vitest'
import { Spool } from '../../../local/cloudfront/caching/spool.ts'

async function text(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  let all = ''
  for await (const bytes of pieces) all += Buffer.from(bytes).toString()
  return all
}

describe('a spool', () => {
  it('gives every reader every byte as it arrives, whenever it came', async () => {
    const spool = new Spool({ kept: true })
    const early = spool.read()
    spool.append(Buffer.from('one '))
    expect(Buffer.from((await early.next()).value ?? []).toString()).toBe('one ')
    const late = text(spool.read())
    spool.append(Buffer.from('two'))
    spool.finish()
    expect([await text(early), await late, await text(spool.read())]).toEqual(['two', 'one two', 'one two'])
  })

  it('reads ranges across pieces', async () => {
    const spool = new Spool({ kept: true })
    for (const piece of ['abc', 'def', 'ghi']) spool.append(Buffer.from(piece))
    spool.finish()
    expect(await text(spool.read(2, 7))).toBe('cdefg')
    expect(await text(spool.read(8))).toBe('i')
    expect(await text(spool.read(0, 1))).toBe('a')
  })

  it('fails its readers, the waiting ones as well', async () => {
    const spool = new Spool({ kept: true })
    const waiting = text(spool.read())
    spool.append(Buffer.from('a'))
    spool.fail(new Error('origin went away'))
    await expect(waiting).rejects.toThrow('origin went away')
    await expect(text(spool.read())).rejects.toThrow('origin went away')
  })

  it('that is not kept waits for its only reader and then frees what was read', async () => {
    const spool = new Spool({ kept: false })
    const reader = spool.read()
    spool.append(new Uint8Array(2_000_000))
    let room = false
    const waited = spool.room().then(() => {
      room = true
      return undefined
    })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(room).toBe(false)
    await reader.next()
    await waited
    expect(() => spool.read()).toThrow('its beginning is gone')
    await reader.return()
    expect(spool.abandoned).toBe(true)
  })
})
