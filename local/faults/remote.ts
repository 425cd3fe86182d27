/** The faults of a cloud in another process, found by its data directory. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isRecord } from '../json-input.ts'
import { faultsPath } from './door.ts'
import type { FaultRule, RuleInForce } from './faults.ts'

/** The file with the address and the secret; readable by its owner alone, new at each start. */
export const faultsFile = (dataDir: string): string => join(dataDir, 'faults.json')

export interface RemoteFaults {
  add(rule: FaultRule): Promise<number>
  remove(id?: number): Promise<void>
  rules(): Promise<readonly RuleInForce[]>
}

/** The cloud that runs on a data directory. */
export async function faultsOf(dataDir: string): Promise<RemoteFaults> {
  const file: unknown = JSON.parse(await readFile(faultsFile(dataDir), 'utf8'))
  const { url, secret } = isRecord(file) ? file : {}
  const ask = async (method: string, query = '', rule?: FaultRule): Promise<unknown> => {
    const response = await fetch(`${String(url)}${faultsPath}${query}`, {
      method,
      headers: { authorization: `Bearer ${String(secret)}` },
      ...(rule && { body: JSON.stringify(rule) }),
    })
    if (!response.ok) throw new Error(`faults: ${response.status} ${await response.text()}`)
    return response.json()
  }
  return {
    add: async (rule) => Number(await ask('POST', '', rule)),
    async remove(id) {
      await ask('DELETE', id === undefined ? '' : `?id=${id}`)
    },
    rules: async () => (await ask('GET')) as readonly RuleInForce[],
  }
}
