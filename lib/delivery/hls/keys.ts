/** What HLS says of a key: facts only, the key itself is never here. */
import type { HlsKey } from '../../formats/hls/index.ts'
import type { KeyFacts } from '../../timeline/timeline.ts'

/** EXT-X-KEY facts, one for each DRM system that has an HLS form (RFC 8216bis 4.4.4.4). */
export function hlsKeys(scheme: 'cenc' | 'cbcs', key: KeyFacts): HlsKey[] {
  return key.systems.flatMap(({ hls }) =>
    hls
      ? [
          {
            method: scheme === 'cbcs' ? ('SAMPLE-AES' as const) : ('SAMPLE-AES-CTR' as const),
            uri: hls.uri,
            // With cenc the IVs are per sample and stand in the media.
            ...(scheme === 'cbcs' && key.iv !== undefined && { iv: key.iv }),
            keyFormat: hls.keyFormat,
            keyFormatVersions: hls.keyFormatVersions,
          },
        ]
      : [],
  )
}
