/** Key signalling in HLS: public facts only, never the key itself. */
import type { HlsKey } from '../../formats/hls/index.ts'
import type { KeyFacts } from '../../timeline/timeline.ts'

/** EXT-X-KEY facts, one for each DRM system with an HLS form (RFC 8216bis 4.4.4.4). */
export function hlsKeys(scheme: 'cenc' | 'cbcs', key: KeyFacts): HlsKey[] {
  return key.systems.flatMap(({ hls }) =>
    hls
      ? [
          {
            method: scheme === 'cbcs' ? ('SAMPLE-AES' as const) : ('SAMPLE-AES-CTR' as const),
            uri: hls.uri,
            // With cenc the IVs are per sample, in the media.
            ...(scheme === 'cbcs' && key.iv !== undefined && { iv: key.iv }),
            keyFormat: hls.keyFormat,
            keyFormatVersions: hls.keyFormatVersions,
          },
        ]
      : [],
  )
}
