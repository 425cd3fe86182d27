/** One of the manifests a choice makes: which, its text, and the way to have it as a file. */
import { useState } from 'preact/hooks'
import { byteSize } from '../format.ts'
import { Icon } from '../icons.tsx'
import type { Manifests } from '../player/manifests.ts'
import { download } from './download.ts'
import { ManifestText } from './manifest-text.tsx'
import type { Offered } from './renditions.ts'
import { useText } from './use-text.ts'

export function DocumentView({
  manifests,
  playlists,
}: {
  readonly manifests: Manifests
  /** Media Playlists of what remains. */
  readonly playlists: readonly Offered[]
}) {
  const [wanted, setWanted] = useState('index.m3u8')
  const documents = [
    { file: 'index.m3u8', label: 'HLS: index.m3u8', url: manifests.hls },
    { file: 'index.mpd', label: 'DASH: index.mpd', url: manifests.dash },
    ...playlists.map(({ id, url }) => ({ file: `${id}.m3u8`, label: `HLS: ${id}.m3u8`, url })),
  ]
  const shown = documents.find(({ file }) => file === wanted) ?? documents[0]
  const { text, error, loading } = useText(shown?.url)
  return (
    <section class="document" aria-label="Resulting manifest">
      <div class="document-head">
        <div class="field row">
          <label class="field-name" for="document-choice">
            Manifest
          </label>
          <select
            id="document-choice"
            value={shown?.file}
            onChange={(event) => setWanted(event.currentTarget.value)}
          >
            {documents.map(({ file, label }) => (
              <option key={file} value={file}>
                {label}
              </option>
            ))}
          </select>
        </div>
        <span class="faint figure">
          {text !== undefined && `${text.split('\n').length - 1} lines, ${byteSize(new Blob([text]).size)}`}
        </span>
        <button
          type="button"
          disabled={text === undefined || loading}
          onClick={() => text !== undefined && download(text, shown?.file ?? 'manifest')}
        >
          <Icon name="download" /> Download {shown?.file}
        </button>
      </div>
      {loading && text === undefined && <progress aria-label={`Loading ${shown?.file}`} />}
      {error && (
        <p class="fault">
          <code>{error.code}</code> {error.message}
        </p>
      )}
      {text !== undefined && <ManifestText name={shown?.label ?? 'Manifest'} text={text} loading={loading} />}
    </section>
  )
}
