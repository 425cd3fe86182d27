/** What there is to know of one segment. */
import { segmentFile } from '../../../lib/timeline/media-path.ts'
import type { Segment } from '../../../lib/timeline/timeline.ts'
import { Copyable } from '../copyable.tsx'
import { bitrate, byteSize, preciseClock } from '../format.ts'
import { Icon } from '../icons.tsx'
import type { AddressOf } from '../protection/addresses.ts'
import type { Lane } from './lanes.ts'

export function SegmentFacts({
  lane,
  index,
  addressOf,
  playFrom,
}: {
  readonly lane: Lane
  readonly index: number
  readonly addressOf: AddressOf
  readonly playFrom: (seconds: number) => void
}) {
  const segment = lane.segments[index]
  if (!segment) return null
  const start = lane.starts[index] ?? 0
  const seconds = (lane.ends[index] ?? 0) - start
  const facts: readonly (readonly [string, string])[] = [
    ['Number', numberOf(segment)],
    ['Start', preciseClock(start)],
    ['Duration', `${seconds.toFixed(3)} s`],
    ['Bytes', segment.bytes.toLocaleString('en').replaceAll(',', ' ')],
    ['Bitrate', bitrate(lane.bits[index])],
  ]
  return (
    <div class="segment-facts">
      <h3>{lane.title}</h3>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd data-segment={name.toLowerCase()}>{value}</dd>
          </div>
        ))}
      </dl>
      <p class="segment-signs">{signsInWords(lane, index).join(' · ')}</p>
      <div class="segment-url">
        <Copyable name="URL" text={addressOf(urlOf(lane, segment), lane.track, start)} />
        <button type="button" onClick={() => playFrom(start)}>
          <Icon name="play" /> Play from here
        </button>
      </div>
    </div>
  )
}

const numberOf = ({ number, cut }: Segment): string => (cut === 0 ? `${number}` : `${number}, cut ${cut}`)

/** Where it is fetched from, in the clear. */
const urlOf = ({ track }: Lane, { number, cut, uri }: Segment): string =>
  uri === undefined ? track.media + segmentFile(number, cut) : new URL(uri, track.media).href

/** All of it in a sentence, for those who hear it. */
export function sentenceOf(lane: Lane, index: number): string {
  const segment = lane.segments[index]
  if (!segment) return ''
  const start = lane.starts[index] ?? 0
  return [
    `${lane.title}, segment ${numberOf(segment)} of ${lane.track.count}`,
    `at ${preciseClock(start)}`,
    `${((lane.ends[index] ?? 0) - start).toFixed(3)} seconds`,
    byteSize(segment.bytes),
    ...signsInWords(lane, index),
  ].join(', ')
}

const words = {
  discontinuity: 'timestamps or encoding jump in front of it',
  config: 'the decoder is set up anew',
  missing: 'missing: nothing to fetch',
  filled: 'was missing at first, is there now',
  unsynced: 'does not start with a key frame',
} as const

function signsInWords({ signs, keyFrames, starts, ends, track }: Lane, index: number): readonly string[] {
  const said = signs.filter((sign) => sign.index === index).map(({ kind }) => words[kind])
  if (track.type !== 'video' || track.trickOf !== undefined) return said
  const [from = 0, to = 0] = [starts[index], ends[index]]
  const within = keyFrames.filter((seconds) => seconds >= from && seconds < to).length
  return [`${within} key frame${within === 1 ? '' : 's'}`, ...said]
}
