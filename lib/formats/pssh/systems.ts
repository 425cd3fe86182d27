/** Content protection systems by their ids, as the DASH-IF registry lists them. */

/** The ids this project knows by heart. */
export const SYSTEM = {
  /** W3C's common pssh: key ids and nothing else ("cenc" Initialization Data Format 4). */
  common: '1077efec-c0b2-4d02-ace3-3c1e52e2fb4b',
  widevine: 'edef8ba9-79d6-4ace-a3c8-27dcd51d21ed',
  playready: '9a04f079-9840-4286-ab92-e65be0885f95',
  fairplay: '94ce86fb-07ff-4f43-adb8-93d2fa968ca2',
  /** DASH-IF's Clear Key (DASH-IF IOP 7.6.2.4). */
  clearkey: 'e2719d58-a985-b3c9-781a-b030af78d30e',
  /** HLS AES-128 and SAMPLE-AES with a key of one's own, the id of SPEKE 1. */
  aes128: '81376844-f976-481e-a84e-cc25d39b0b33',
} as const

/** One of those. */
export type SystemName = keyof typeof SYSTEM

/** What a system is called; undefined for one that nobody here has heard of. */
export function systemName(systemId: string): string | undefined {
  return NAMES.get(systemId.toLowerCase())
}

/** The id of a system by its name, or of an id itself; undefined for a name that is not known. */
export function systemIdOf(name: string): string | undefined {
  const lower = name.toLowerCase()
  if (NAMES.has(lower)) return lower
  for (const [id, known] of NAMES) if (known === lower) return id
  return undefined
}

const NAMES: ReadonlyMap<string, string> = new Map([
  ...Object.entries(SYSTEM).map(([name, id]) => [id, name] as const),
  ['5e629af5-38da-4063-8977-97ffbd9902d4', 'marlin'],
  ['69f908af-4816-46ea-910c-cd5dcccb0a3a', 'marlin-mp4'],
  ['f239e769-efa3-4850-9c16-a903c6932efb', 'primetime'],
  ['adb41c24-2dbf-4a6d-958b-4457c0d27b95', 'nagra'],
  ['80a6be7e-1448-4c37-9e70-d5aebe04c8d2', 'irdeto'],
  ['9a27dd82-fde2-4725-8cbc-4234aa06ec09', 'verimatrix'],
  ['b4413586-c58c-ffb0-94a5-d4896c1af6c3', 'viaccess-orca'],
  ['a68129d3-575b-4f1a-9cba-3223846cf7c3', 'videoguard'],
  ['3d5e6d35-9b9a-41e8-b843-dd3c6e72c42c', 'wiseplay'],
  ['279fe473-512c-48fe-ade8-d176fee6b40f', 'arris-titanium'],
  ['35bf197b-530e-42d7-8b65-1b4bf415070f', 'divx'],
  ['616c7469-6361-7374-2d50-726f74656374', 'alticast'],
  ['6a99532d-869f-5922-9a91-113ab7b1e2f3', 'mobitv'],
  ['644fe7b5-260f-4fad-949a-0762ffb054b4', 'cmla'],
])
