/** `headend scte35` as it is called: answers alone on stdout, `CODE: text` on stderr, exit 1. */
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'

function headend(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/cli.ts', 'scte35', ...args], {
    encoding: 'utf8',
    input,
  })
  return { status, stdout, stderr }
}

/** SCTE 35 14.2. */
const insert = '/DAvAAAAAAAA///wFAVIAACPf+/+c2nALv4AUsz1AAAAAAAKAAhDVUVJAAABNWLbowo='

describe('headend scte35', () => {
  it('decodes a marker for people', () => {
    expect(headend(['decode', insert]).stdout).toBe(
      [
        'splice_insert',
        '  out at pts 1936310318 (21514.559 s), for 60.294 s, returns by itself, splice event 1207959695, programme 0, avail 0 of 0',
        '  avail of provider 309',
        '',
      ].join('\n'),
    )
  })

  it('encodes what it decoded, and what was changed in it', () => {
    const json = headend(['decode', insert, '--json']).stdout
    expect(headend(['encode'], json)).toEqual({ status: 0, stdout: `${insert}\n`, stderr: '' })
    const changed = headend(['encode'], json.replace('"eventId": 1207959695', '"eventId": 7')).stdout
    expect(headend(['decode', changed.trim()]).stdout).toContain('splice event 7')
  })

  it('prints one as XML', () => {
    expect(headend(['to-xml', insert]).stdout).toMatch(
      /^<\?xml .*\n<SpliceInfoSection [^]+ptsTime="1936310318"/,
    )
  })

  it.each([
    [['decode', insert.replace('owo=', 'owA=')], '', /^SCTE35_CRC: /],
    [['encode'], '{}', /^SCTE35_JSON: /],
  ])('says no in one line: %j', (args, input, sentence) => {
    const { status, stdout, stderr } = headend(args, input)
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(sentence)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })
})
