/** Batches of up to ten entries, each of which succeeds or fails by itself. */

import { jsonFault } from '../aws-json.ts'
import { type JsonRecord, records, text } from '../json-input.ts'
import { AwsFault } from '../service.ts'

const maxEntries = 10

/** Refuses a batch as a whole where AWS does, then does each entry and reports it. */
export async function eachEntry(
  input: JsonRecord,
  act: (entry: JsonRecord) => Promise<JsonRecord> | JsonRecord,
): Promise<JsonRecord> {
  const entries = entriesOf(input)
  const Successful: JsonRecord[] = []
  const Failed: JsonRecord[] = []
  // All at once: those that write share one fsync; their order in the queue is the order they start in.
  const results = await Promise.allSettled(entries.map(async (entry) => act(entry)))
  for (const [index, result] of results.entries()) {
    const Id = entries[index]?.['Id']
    if (result.status === 'fulfilled') Successful.push({ Id, ...result.value })
    else {
      const { code, message, status } = jsonFault(result.reason)
      Failed.push({ Id, Code: code, Message: message, SenderFault: status < 500 })
    }
  }
  return { Successful, Failed }
}

export function entriesOf(input: JsonRecord): readonly JsonRecord[] {
  const entries = records(input, 'Entries')
  if (entries.length === 0) {
    throw new AwsFault('EmptyBatchRequest', 'There should be at least one entry in the request.')
  }
  if (entries.length > maxEntries) {
    const message = `Maximum number of entries per request are ${maxEntries}. You have sent ${entries.length}.`
    throw new AwsFault('TooManyEntriesInBatchRequest', message)
  }
  const ids = entries.map((entry) => text(entry, 'Id'))
  if (ids.some((id) => !/^[\w-]{1,80}$/.test(id))) {
    const message =
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.'
    throw new AwsFault('InvalidBatchEntryId', message)
  }
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index)
  if (repeated !== undefined) throw new AwsFault('BatchEntryIdsNotDistinct', `Id ${repeated} repeated.`)
  return entries
}
