/** Asks what a film is made of; ranges are offered from the last hour of its channel. */
import { useEffect, useState } from 'preact/hooks'
import type { ShownChannel as Channel } from '../../../../lib/channels/schema.ts'
import { type Api, type ApiError, asApiError } from '../../api.ts'
import { Dialog } from '../../dialog.tsx'
import { type ProgrammeDraft, requestOf } from './draft.ts'
import type { Programme } from './programme.ts'
import { ProgrammeForm } from './programme-form.tsx'
import { type Offer, offersOf } from './times.ts'

export function ProgrammeDialog({
  api,
  channel: { id: channelId, windowSeconds },
  programme,
  close,
  done,
}: {
  readonly api: Api
  readonly channel: Pick<Channel, 'id' | 'windowSeconds'>
  /** The one that is changed; absent: a new one. */
  readonly programme?: Programme
  readonly close: () => void
  readonly done: () => void
}) {
  const offers = useOffers(api, channelId, windowSeconds)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<ApiError>()
  const save = async (draft: ProgrammeDraft) => {
    setBusy(true)
    setError(undefined)
    try {
      // Else one of that id would be changed unseen.
      if (!programme && (await isThere(api, channelId, draft.id)))
        throw new Error(`there is a programme ${draft.id} already`)
      await api.putProgramme(channelId, draft.id, requestOf(draft, programme))
      done()
      close()
    } catch (failure) {
      setError(asApiError(failure))
      setBusy(false)
    }
  }
  const title = programme ? `Change ${programme.title ?? programme.id}` : 'Make a film of this'
  return (
    <Dialog title={title} close={close} isBusy={isBusy}>
      {offers ? (
        <ProgrammeForm
          programme={programme}
          offers={offers}
          isBusy={isBusy}
          error={error}
          save={(draft) => void save(draft)}
        />
      ) : (
        <p class="ask" role="status">
          Loading
        </p>
      )}
    </Dialog>
  )
}

/** Undefined until the channel's last hour is known, none where it is not: times can be typed all the same. */
function useOffers(api: Api, channelId: string, windowSeconds: number): readonly Offer[] | undefined {
  const [offers, setOffers] = useState<readonly Offer[]>()
  useEffect(() => {
    let isGone = false
    const show = (found: readonly Offer[]) => {
      if (!isGone) setOffers(found)
    }
    api.channelTimeline(channelId).then(
      (timeline) => show(offersOf(timeline, { windowSeconds })),
      () => show([]),
    )
    return () => {
      isGone = true
    }
  }, [api, channelId, windowSeconds])
  return offers
}

async function isThere(api: Api, channelId: string, id: string): Promise<boolean> {
  try {
    await api.programme(channelId, id)
    return true
  } catch (failure) {
    if (asApiError(failure).status === 404) return false
    throw failure
  }
}
