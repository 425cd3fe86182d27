/** Edge marks and published asset protection: a row of the index table and objects in the media bucket. */

import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { type PublishedRows, publishedRows } from '../../assets/published/store.ts'
import { markEntry } from '../../platform/aws/edge-entries.ts'
import type { KeyValues } from '../../platform/aws/key-values.ts'
import type { ContentId } from '../../timeline/ids.ts'
import { closed, goneUntilOf } from '../publication/marks.ts'
import type { EdgeMarks, PublicationStore } from '../publication/publish.ts'
import type { MarksPorts } from '../publication/rebuild.ts'

/** Marks in the key-value store that the viewer-request function reads. */
export function edgeMarks(values: Pick<KeyValues, 'edit'>): EdgeMarks {
  const change = async (contentId: ContentId, next: (before: string | undefined) => string | undefined) => {
    const name = markEntry(contentId)
    const changed = await values.edit([name], (found) => new Map([[name, next(found.get(name))]]))
    return { before: changed.get(name), isNew: changed.has(name) }
  }
  return {
    set: (contentId, mark) => change(contentId, () => mark),
    takeAway: (contentId) =>
      change(contentId, (before) => (goneUntilOf(before) === undefined ? undefined : before)),
    closeUnless: (contentId, mark) => change(contentId, (before) => (before === mark ? before : closed)),
  }
}

/** Reads and writes for publishing an asset: its row in the index table, its state in the media bucket. */
export function publicationStore({
  s3,
  mediaBucket,
  client,
  indexTable: table,
}: {
  readonly s3: S3Client
  readonly mediaBucket: string
  readonly client: DynamoDBDocumentClient
  readonly indexTable: string
}): Pick<PublicationStore, 'onShow' | 'put' | 'publish'> &
  Pick<MarksPorts, 'protectedFilms'> &
  Pick<PublishedRows, 'showChannel'> {
  const rows = publishedRows({ client, table })
  return {
    onShow: (contentId) => rows.onShow(contentId),
    protectedFilms: () => rows.protectedContents(),
    async put(key, text) {
      await s3.send(
        new PutObjectCommand({ Bucket: mediaBucket, Key: key, Body: text, ContentType: 'application/json' }),
      )
    },
    publish: (contentId, name) => rows.nameProtection(contentId, name),
    showChannel: (...channel) => rows.showChannel(...channel),
  }
}
