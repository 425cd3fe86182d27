/** What an address names: `#/` the assets, perhaps some of them (`#/?q=…`), `#/assets/<id>` one of them; `#/channels`, `#/channels/<id>`, `#/channels/<id>/programmes/<id>`. */
import { type ListQuery, parseListQuery } from './assets/list-query.ts'
import { decoded } from './fragment.ts'

/** A view; `unknown` where there is none of that name. */
export type Route =
  | { readonly view: 'assets'; readonly query: ListQuery }
  | { readonly view: 'asset'; readonly assetId: string }
  | { readonly view: 'channels' }
  | { readonly view: 'channel'; readonly channelId: string }
  | { readonly view: 'programme'; readonly channelId: string; readonly programmeId: string }
  | { readonly view: 'unknown'; readonly address: string }

/** Reads a fragment. */
export function parseRoute(hash: string): Route {
  const address = decoded(hash)
  if (address === undefined) return { view: 'unknown', address: hash }
  const [path = '', ...query] = hash.split('?')
  if (/^(#\/?(assets\/?)?)?$/.test(path)) return { view: 'assets', query: parseListQuery(query.join('?')) }
  if (/^#\/channels\/?$/.test(path)) return { view: 'channels' }
  const [, channelId, programmeId] =
    /^#\/channels\/(?!\.{1,2}\/)([A-Za-z0-9._-]{1,128})\/programmes\/([A-Za-z0-9_-]{1,64})$/.exec(address) ??
    []
  if (channelId !== undefined && programmeId !== undefined)
    return { view: 'programme', channelId, programmeId }
  const [, room, id] = /^#\/(assets|channels)\/(?!\.{1,2}$)([A-Za-z0-9._-]{1,128})$/.exec(address) ?? []
  if (id === undefined) return { view: 'unknown', address }
  return room === 'assets' ? { view: 'asset', assetId: id } : { view: 'channel', channelId: id }
}
