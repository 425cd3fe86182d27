/** Content protection systems by their names. */
import { SYSTEM } from './systems.ts'

/** The name of a system; undefined if unknown. */
export function systemName(systemId: string): string | undefined {
  return NAMES.get(systemId.toLowerCase())
}

/** The id of a system by its name, or by the id itself; undefined for an unknown name. */
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
