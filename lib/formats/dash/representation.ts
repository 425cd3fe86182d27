/** Representation (ISO/IEC 23009-1 5.3.5). */
import type { XmlElement } from '../xml/print.ts'
import { descriptors } from './descriptor.ts'
import type { Representation, SegmentTemplate } from './mpd.ts'
import { whole } from './number.ts'
import { segmentList } from './segment-list.ts'
import { segmentTemplate } from './segment-template.ts'

/** The element, without its template if the AdaptationSet has it for all. */
export function representation(facts: Representation, shared: SegmentTemplate | undefined): XmlElement {
  const { template, list } = facts
  return {
    name: 'Representation',
    attributes: {
      id: facts.id,
      bandwidth: whole('Representation@bandwidth', facts.bandwidth),
      codecs: facts.codecs,
      width: facts.width,
      height: facts.height,
      sar: facts.sar,
      frameRate: facts.frameRate && frameRateText(facts.frameRate),
      audioSamplingRate: facts.audioSamplingRate,
      scanType: facts.scanType,
      'scte214:supplementalCodecs': facts.supplementalCodecs,
      'scte214:supplementalProfiles': facts.supplementalProfiles,
      maxPlayoutRate: facts.maxPlayoutRate,
      codingDependency: facts.codingDependency,
    },
    children: [
      ...descriptors('AudioChannelConfiguration', facts.audioChannels),
      ...descriptors('SupplementalProperty', facts.supplemental),
      ...(list ? [segmentList(list)] : []),
      ...(template && !shared ? [segmentTemplate(template)] : []),
    ],
  }
}

/** `25` or `30000/1001`. */
export function frameRateText([frames, seconds]: readonly [number, number]): string {
  return seconds === 1 ? String(frames) : `${frames}/${seconds}`
}
