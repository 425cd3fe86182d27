/** The DRM a player is to use, and what it says of the keys it has. */
import type { DrmSystem } from '../../../lib/rights/protection/policy.ts'

/** Where a player gets its licences, and by which right. */
export interface Drm {
  /** As Encrypted Media Extensions name it: `org.w3.clearkey`. */
  readonly keySystem: KeySystemName
  readonly licenceUrl: string
  /** FairPlay's alone. */
  readonly certificateUrl?: string
  readonly headers: Readonly<Record<string, string>>
}

/** What a player says it decrypts with. */
export interface DrmInUse {
  readonly keySystem: string
  /** Keys it holds: 32 hex digits each. */
  readonly kids: readonly string[]
}

const keySystems = {
  clearkey: 'org.w3.clearkey',
  widevine: 'com.widevine.alpha',
  playready: 'com.microsoft.playready',
  fairplay: 'com.apple.fps',
} as const satisfies Readonly<Record<DrmSystem, string>>

/** A key system of Encrypted Media Extensions. */
export type KeySystemName = (typeof keySystems)[DrmSystem]

/** What a player is told of a system. */
export function drmOf(
  system: DrmSystem,
  { licenceUrl, token }: { readonly licenceUrl: string; readonly token: string },
): Drm {
  const url = `${licenceUrl}/${system}`
  return {
    keySystem: keySystems[system],
    licenceUrl: url,
    ...(system === 'fairplay' && { certificateUrl: `${url}/certificate` }),
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': system === 'clearkey' ? 'application/json' : 'application/octet-stream',
    },
  }
}

/** Whether this browser has the system at all. */
export async function hasSystem(system: DrmSystem): Promise<boolean> {
  // Only pages a browser takes for safe are given keys.
  if (!('requestMediaKeySystemAccess' in navigator)) return false
  const videoCapabilities = [{ contentType: 'video/mp4; codecs="avc1.42E01E"' }]
  const types = ['cenc', 'sinf']
  return navigator
    .requestMediaKeySystemAccess(keySystems[system], [{ initDataTypes: types, videoCapabilities }])
    .then(
      () => true,
      () => false,
    )
}

/** Key ids the sessions have usable keys of. */
export function kidsOf(sessions: Iterable<MediaKeySession>): readonly string[] {
  const kids = new Set<string>()
  for (const { keyStatuses } of sessions)
    keyStatuses.forEach((status, kid) => {
      if (status === 'usable') kids.add(hexOf(kid))
    })
  return [...kids]
}

function hexOf(source: BufferSource): string {
  const bytes =
    source instanceof ArrayBuffer
      ? new Uint8Array(source)
      : new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
