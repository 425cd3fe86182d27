/** What an asset was made of, and which of its versions plays since when. */
import type { AssetDetail } from '../../../lib/assets/api/schemas.ts'
import { ago, byteSize, dateTime } from '../format.ts'

export function OriginPanel({
  asset: { files, versions, version },
  nowMs,
}: {
  readonly asset: AssetDetail
  readonly nowMs: number
}) {
  const playing = versions.find((one) => one.version === version)
  return (
    <section class="panel origin" aria-labelledby="origin-title">
      <header class="panel-head">
        <h2 id="origin-title">Sources and versions</h2>
        <span class="faint">
          {playing ? `plays the version of ${dateTime(playing.storedAt)}` : 'no version plays'}
        </span>
      </header>
      <div class="origin-tables">
        <table>
          <caption>Made of</caption>
          <thead>
            <tr>
              <th scope="col">Upload</th>
              <th scope="col">Size</th>
              <th scope="col">Uploaded</th>
            </tr>
          </thead>
          <tbody>
            {files.map(({ key, bytes, uploadedAt }) => (
              <tr key={key}>
                <th scope="row">
                  <code>{key}</code>
                </th>
                <td class="figure">{bytes === undefined ? '–' : byteSize(bytes)}</td>
                <td class="figure">
                  {uploadedAt === undefined ? '–' : <When iso={uploadedAt} nowMs={nowMs} />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <table>
          <caption>Versions</caption>
          <thead>
            <tr>
              <th scope="col">Version</th>
              <th scope="col">Made</th>
              <th scope="col">Use</th>
            </tr>
          </thead>
          <tbody>
            {versions.map((one) => (
              <tr key={one.version} data-version={one.version}>
                <th scope="row">
                  <code>{one.version}</code>
                </th>
                <td class="figure">
                  <When iso={one.storedAt} nowMs={nowMs} />
                </td>
                <td>
                  {one.version === version ? <span class="state ready">plays</span> : 'its own URLs only'}
                </td>
              </tr>
            ))}
            {versions.length === 0 && (
              <tr>
                <td colSpan={3} class="faint">
                  none yet
                </td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
    </section>
  )
}

const When = ({ iso, nowMs }: { readonly iso: string; readonly nowMs: number }) => (
  <time dateTime={iso} title={dateTime(iso)}>
    {ago(iso, nowMs)}
  </time>
)
