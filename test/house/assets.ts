/** What the operator's API says of an asset. */
import type { Headend } from './headend.ts'

/** An asset as `GET /v1/assets/{id}` shows it. */
export interface SeenAsset {
  readonly id: string
  readonly state: 'indexing' | 'ready' | 'failed'
  readonly durationSeconds?: number
  readonly version?: string
  readonly updatedAt: string
  readonly tracks?: readonly { readonly id: string; readonly type: string; readonly codec: string }[]
  readonly error?: { readonly code: string; readonly message: string }
  readonly manifests?: { readonly hls: string; readonly dash: string }
}

/** The asset now; throws with the API's error where it says no. */
export async function assetOf({ outputs }: Pick<Headend, 'outputs'>, id: string): Promise<SeenAsset> {
  const response = await fetch(`${outputs['ApiUrl']}/v1/assets/${id}`, {
    headers: { authorization: `Bearer ${outputs['OperatorToken']}` },
  })
  const body = (await response.json()) as SeenAsset
  if (!response.ok) throw new Error(JSON.stringify(body))
  return body
}

/** The asset once it is ready or failed, and newer than `after`. */
export async function settled(headend: Pick<Headend, 'outputs'>, id: string, after = ''): Promise<SeenAsset> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const asset = await assetOf(headend, id).catch(() => undefined)
    if (asset && asset.state !== 'indexing' && asset.updatedAt > after) return asset
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(
    `${id}: still not ready or failed after 30 s: ${JSON.stringify(await assetOf(headend, id))}`,
  )
}
