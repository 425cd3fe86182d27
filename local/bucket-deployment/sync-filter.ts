/** The filters of `aws s3 sync`: `--exclude` first, then `--include` takes back. */
import { fits } from '../iam/pattern.ts'
import { type JsonRecord, texts } from '../json-input.ts'

/** The paths a deployment concerns itself with. */
export function filtered(paths: readonly string[], properties: JsonRecord): readonly string[] {
  const excluded = texts(properties, 'Exclude')
  const included = texts(properties, 'Include')
  return paths.filter((path) => {
    const out = excluded.some((pattern) => fits(pattern, path))
    return !out || included.some((pattern) => fits(pattern, path))
  })
}
