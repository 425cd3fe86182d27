/** Rules of what an MPD says against what the bytes it names say, each with its clause. */

/** By a name of their own. DASH is ISO/IEC 23009-1, CMAF ISO/IEC 23000-19. */
export const presentationClauses = {
  'mpd.read': 'DASH 5.3: an MPD whose segments are there',
  'mpd.mime': 'DASH 5.3.7, RFC 4337: video/mp4, audio/mp4 or application/mp4 as the handler says',
  'mpd.frame-rate': 'DASH 5.3.7: @frameRate is what the samples last',
  'mpd.sar': 'DASH 5.3.7: @sar is the shape of the pixels',
  'mpd.channels': 'DASH 5.8.5.4: AudioChannelConfiguration is that of the decoder',
  'mpd.bandwidth':
    'DASH 5.3.5.2: at @bandwidth, begun @minBufferTime late at any segment, no sample comes too late',
  'mpd.sap': 'DASH 5.3.7: segments start with a stream access point of at most that type',
  'mpd.period': 'DASH 5.3.2: a Period lasts as long as what it shows',
  'mpd.origin': 'CMAF 7.3.6: tracks of one Period start together with its begin, within a segment',
} as const

/** Name of a rule. */
export type PresentationRule = keyof typeof presentationClauses
