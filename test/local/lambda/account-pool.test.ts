import { writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openWorkshop, type Workshop } from './workshop.ts'

let workshop: Workshop
beforeEach(async () => {
  workshop = await openWorkshop({ limits: { accountConcurrency: 110 } })
})
afterEach(() => workshop.close())

/** Answers when told to by a file, so that no clock decides how many run at once. */
const waits = (file: string) => `
  import { existsSync } from 'node:fs'
  export const handler = async () => {
    while (!existsSync(${JSON.stringify(file)})) await new Promise((done) => setTimeout(done, 10))
    return 'done'
  }`

describe('functions of one account', () => {
  it('share what is reserved for none, and one that floods it leaves those their own that have some', async () => {
    const { lambda, dir } = workshop
    const open = `${dir}/open`
    await workshop.define('flood', waits(open))
    await workshop.define('other', waits(open))
    await workshop.define('licence', "export const handler = async () => 'given'", {
      reservedConcurrency: 10,
    })
    // Of ten environments each on this machine, further requests wait, and count as running as they would in AWS.
    const flood = Array.from({ length: 100 }, () => lambda.invoke('flood', '{}'))
    await expect(lambda.invoke('other', '{}')).rejects.toMatchObject({
      status: 429,
      detail: { Reason: 'ConcurrentInvocationLimitExceeded' },
    })
    expect((await lambda.invoke('licence', '{}')).payload).toBe('"given"')
    await writeFile(open, '')
    expect(new Set((await Promise.all(flood)).map(({ payload }) => payload))).toEqual(new Set(['"done"']))
    // What ended makes room.
    expect((await lambda.invoke('other', '{}')).payload).toBe('"done"')
    expect(lambda.stats()['other']).toMatchObject({ invocations: 1, throttles: 1 })
  })

  it('cannot reserve so many that fewer than a hundred are left for the others', async () => {
    await workshop.define('packager', 'export const handler = async () => 1', { reservedConcurrency: 6 })
    await expect(
      workshop.define('licence', 'export const handler = async () => 1', { reservedConcurrency: 5 }),
    ).rejects.toThrow(/below its minimum value of \[100\]/)
    // The same function once more takes the place of itself.
    await workshop.define('packager', 'export const handler = async () => 1', { reservedConcurrency: 10 })
  })

  it('of a new account can reserve nothing', async () => {
    const small = await openWorkshop({ limits: { accountConcurrency: 10 } })
    await expect(
      small.define('licence', 'export const handler = async () => 1', { reservedConcurrency: 1 }),
    ).rejects.toThrow(/below its minimum value of \[10\]/)
    await small.close()
  })
})
