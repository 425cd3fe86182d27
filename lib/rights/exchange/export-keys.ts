/** Key export to another key server or an escrow: a CPIX document encrypted to one certificate. */

import { HeadendError } from '../../errors.ts'
import {
  type CpixCrypto,
  encryptKeys,
  type KeyPeriod,
  printCpix,
  type UsageRule,
} from '../../formats/cpix/index.ts'
import { hexBytes, uuidText } from '../../formats/uuid.ts'
import { mapConcurrently } from '../../platform/map-concurrently.ts'
import type { ContentId } from '../../timeline/ids.ts'
import type { KeyRecord } from '../keys/content-key.ts'
import type { KeyOpener } from '../keys/open-key.ts'
import type { ProtectionPorts } from '../protection/plans.ts'
import type { KeyArchive } from './store.ts'

/** Dependencies of key export. */
export interface ExportPorts extends ProtectionPorts {
  readonly opener: KeyOpener
  readonly archive: KeyArchive
  readonly crypto: CpixCrypto
}

/** A hundred days of hourly keys; a document larger than CPIX readers accept would be useless. */
const maxKeys = 2400
const version = '2.3'

/** A CPIX document with every key of the content, encrypted to a certificate (DER); records the requester. */
export async function exportKeys(
  ports: ExportPorts,
  contentId: ContentId,
  { certificate, who }: { readonly certificate: Uint8Array; readonly who: string },
): Promise<string> {
  const records = await ports.archive.all(contentId, maxKeys)
  if (records.length === 0) throw new HeadendError('KEY_UNKNOWN', `${contentId} has no keys`, { status: 404 })
  const kids = records.map(({ kid }) => kid)
  // Recorded before any key is decrypted: an unrecorded key is worse than a superfluous record.
  const id = Buffer.from(ports.randomBytes(9)).toString('base64url')
  await ports.protection.recordRequest(contentId, { who, door: 'export', atMs: ports.now(), kids }, id)
  const opened = await mapConcurrently(
    records,
    async (record) => [dashed(record), (await ports.opener.unwrap(record)).key] as const,
  )
  const { secrets, deliveries } = encryptKeys(ports.crypto, {
    keys: new Map(opened),
    certificates: [certificate],
    version,
  })
  return printCpix({
    contentId,
    version,
    deliveries: deliveries.map((delivery) => ({ ...delivery, certificates: [certificate] })),
    keys: records.map((record) => {
      const kid = dashed(record)
      const secret = secrets.get(kid)
      return { kid, explicitIV: hexBytes(record.iv, 'iv'), ...(secret && { secret }) }
    }),
    systems: [],
    periods: [...new Set(records.map(({ period }) => period))].map(periodOf),
    rules: records.map(ruleOf),
    history: [],
  })
}

const dashed = ({ kid }: KeyRecord): string => uuidText(hexBytes(kid, 'kid'))

const periodId = (index: number): string => `period-${index}`

const periodOf = (index: number): KeyPeriod => ({ id: periodId(index), index })

const ruleOf = (record: KeyRecord): UsageRule => ({
  kid: dashed(record),
  intendedTrackType: record.label,
  periodIds: [periodId(record.period)],
  labels: [],
  video: [],
  audio: [],
  bitrate: [],
  unknown: [],
})
