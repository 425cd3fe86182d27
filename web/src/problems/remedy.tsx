/** The button that mends a failed asset, where the console can. */
import { assetLink } from '../route.ts'
import { FileButton } from '../uploads/drop-zone.tsx'
import { whatToDo } from './what-to-do.ts'

export function Remedy({
  code,
  assetId,
  upload,
}: {
  readonly code: string
  readonly assetId: string
  readonly upload: (files: readonly File[], assetId: string) => void
}) {
  switch (whatToDo(code).remedy) {
    case 'upload':
      return (
        <FileButton
          take={(files) => upload(files, assetId)}
          words="Upload again"
          label={`Upload ${assetId} again`}
          again
        />
      )
    case 'replay':
      return (
        <a class="button" href={assetLink(assetId)} aria-label={`How to replay ${assetId}`}>
          Replay
        </a>
      )
    case 'none':
      return null
  }
}
