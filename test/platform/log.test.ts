import { describe, expect, it } from 'vitest'
import { type Log, logOf } from '../../lib/platform/log.ts'
import { lineReader } from '../../local/lambda/written-lines.ts'

/** What Lambda makes of what a log writes: the level it filters by, and the fields. */
function read(write: (log: Log) => void) {
  const lines: Parameters<Parameters<typeof lineReader>[1]>[0][] = []
  const take = lineReader('INFO', (line) => lines.push(line))
  write(logOf({ handler: 'segment', requestId: 'r-1' }, take))
  return lines
}

describe('a line of the log', () => {
  it.each([
    ['INFO', (log: Log) => log.info('asset ready')],
    ['WARN', (log: Log) => log.warn('asset slow')],
    ['ERROR', (log: Log) => log.error('asset failed', new Error('no'))],
  ])('has the level %s for the level filter of Lambda', (level, write) => {
    expect(read(write).map((line) => line.level)).toEqual([level])
  })

  it('has the names of the JSON format of Lambda, and says what the error was', () => {
    const error = Object.assign(new Error('denied'), { code: 'STORE_DENIED' })
    const [line] = read((log) => log.error('segment failed', error, { path: '/media' }))
    expect(line?.detail).toMatchObject({
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      level: 'ERROR',
      message: 'segment failed',
      requestId: 'r-1',
      handler: 'segment',
      path: '/media',
      error: { name: 'Error', code: 'STORE_DENIED', message: 'denied', stack: expect.any(String) },
    })
  })

  it('keeps its own members whatever fields it is given', () => {
    const [line] = read((log) => log.info('asset ready', { level: 'ERROR', message: 'x', timestamp: 0 }))
    expect(line).toMatchObject({ level: 'INFO', detail: { level: 'INFO', message: 'asset ready' } })
  })
})

describe('a line that says its level but not when, as RFC 3339 has it', () => {
  it.each([
    { level: 'ERROR', message: 'x', time: '2026-11-30T00:00:00Z' },
    { level: 'ERROR', message: 'x', timestamp: 1_764_460_800_000 },
    { level: 'ERROR', message: 'x', timestamp: '30 Nov 2026' },
    { level: 'SEVERE', message: 'x', timestamp: '2026-11-30T00:00:00Z' },
  ])('is INFO: %j', (fields) => {
    const levels: string[] = []
    lineReader('ERROR', ({ level }) => levels.push(level))(`${JSON.stringify(fields)}\n`)
    expect(levels).toEqual(['INFO'])
  })
})
