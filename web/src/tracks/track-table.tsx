/** What each track is, to the last thing a player is told of it. Rows become cards on a narrow screen. */
import type { TimelineTrack } from '../../../lib/assets/api/schemas.ts'
import { bitrate } from '../format.ts'
import type { AddressOf } from '../protection/addresses.ts'
import { channelName, type Lane, languageName, titleOf } from '../timeline/lanes.ts'
import { codecWords } from './codec-words.ts'

export function TrackTable({
  lanes,
  addressOf,
}: {
  readonly lanes: readonly Lane[]
  readonly addressOf: AddressOf
}) {
  return (
    <div class="scroller" role="region" aria-label="Tracks" tabIndex={0}>
      <table class="tracks-table cards" role="table">
        <caption class="unseen">Tracks of this version</caption>
        <thead role="rowgroup">
          <tr role="row">
            {['Track', 'Codec', 'What', 'Language, role', 'Bitrate', 'Segments', 'Init'].map((name) => (
              <th key={name} scope="col" role="columnheader">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {lanes.map((lane) => (
            <TrackRow key={lane.track.id} lane={lane} addressOf={addressOf} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function TrackRow({ lane, addressOf }: { readonly lane: Lane; readonly addressOf: AddressOf }) {
  const { track } = lane
  const { id, bandwidth, configs, count, language, name, roles } = track
  const said = [languageName(language), language, name !== undefined && `“${name}”`, roles.join(', ')]
  return (
    <tr role="row" data-track={id}>
      <th scope="row" role="rowheader">
        {titleOf(track)}
        <code class="faint">{id}</code>
      </th>
      <td role="cell" data-name="Codec">
        {configs.map(({ id: config, codec, supplementalCodec }) => (
          <div key={config}>
            {codecWords(codec)}
            <code class="faint">{[codec, supplementalCodec].filter(Boolean).join(' + ')}</code>
          </div>
        ))}
      </td>
      <td role="cell" data-name="What">
        {factsOf(track).map((fact) => (
          <span key={fact} class="fact">
            {fact}
          </span>
        ))}
      </td>
      <td role="cell" data-name="Language, role">
        {said.filter(Boolean).map((word) => (
          <span key={String(word)} class="fact">
            {word}
          </span>
        ))}
      </td>
      <td role="cell" data-name="Bitrate" class="figure">
        <span class="fact">{bitrate(bandwidth.average)} mean</span>
        <span class="fact">{bitrate(bandwidth.peak)} peak</span>
      </td>
      <td role="cell" data-name="Segments" class="figure">
        <span class="fact">{count}</span>
        <span class="fact faint">{lengthsOf(lane)}</span>
      </td>
      <td role="cell" data-name="Init">
        {configs.map(({ id: config, init }) => (
          <a key={config} href={addressOf(init, track, 0)} download={`${id}-${config}.mp4`}>
            {config}
          </a>
        ))}
      </td>
    </tr>
  )
}

const rangeWords = { SDR: 'SDR', HLG: 'HDR (HLG)', PQ: 'HDR (PQ)' } as const

/** Size, frame rate and range of pictures; channels and rate of sound. */
function factsOf({ configs, captions, trickOf }: TimelineTrack): readonly string[] {
  const [config] = configs
  if (!config) return []
  const { width, height, frameRate, videoRange, channels, sampleRate, jointObjects } = config
  return [
    width !== undefined && height !== undefined && `${width}×${height}`,
    frameRate && trickOf === undefined && `${rounded(frameRate[0] / frameRate[1])} frames/s`,
    videoRange && rangeWords[videoRange],
    channels !== undefined && channelName(channels),
    sampleRate !== undefined && `${sampleRate / 1000} kHz`,
    jointObjects !== undefined && `Dolby Atmos, ${jointObjects} objects`,
    captions && captions.length > 0 && `captions ${captions.map(({ id }) => id).join(', ')}`,
    trickOf !== undefined && 'for winding',
  ].filter((fact) => typeof fact === 'string')
}

const rounded = (value: number): string => String(Math.round(value * 1000) / 1000)

function lengthsOf({ starts, ends }: Lane): string {
  const lengths = starts.map((start, i) => (ends[i] ?? start) - start)
  if (lengths.length === 0) return ''
  const [least, most] = [lengths.reduce((a, b) => Math.min(a, b)), lengths.reduce((a, b) => Math.max(a, b))]
  return most - least < 0.05 ? `${most.toFixed(1)} s` : `${least.toFixed(1)}–${most.toFixed(1)} s`
}
