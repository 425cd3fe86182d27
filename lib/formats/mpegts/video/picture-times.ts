/** Times of pictures whose PES packet gives none, from the frame rate and the order in which they are shown. */
import type { PesTimes } from '../pes-marks.ts'

/** What is known of a picture. */
export interface PictureOrder {
  /** Decoding begins anew: orders before it say nothing of it. */
  readonly isIdr: boolean
  /** Others are predicted from its order (prevTidZeroPic, prevPicOrderCntMsb). */
  readonly isAnchor: boolean
  /** Modulo two to the power of `orderBits`; absent if it is shown as it is decoded. */
  readonly order?: number
  readonly orderBits?: number
  /** Steps of order from one picture to the next. */
  readonly orderStep: number
}

/** Both times, as far as there was any to count from. */
export class PictureTimes {
  #frameTicks = 0
  #lastDts: number | undefined
  #delay = 0
  #anchorOrder = 0
  #shown: { readonly pts: number; readonly order: number } | undefined

  /** Takes the time from one picture to the next, as the stream states it. */
  set frameTicks(ticks: number) {
    this.#frameTicks = ticks
  }

  /** Times of the next picture in order of decoding. */
  next({ ptsTicks, dtsTicks }: PesTimes, picture: PictureOrder): PesTimes {
    const order = this.#orderOf(picture)
    if (picture.isIdr) this.#shown = undefined
    if (ptsTicks !== undefined && dtsTicks !== undefined) {
      const passed = this.#lastDts === undefined ? 0 : dtsTicks - this.#lastDts
      if (passed > 0 && passed < 90000 && this.#frameTicks === 0) this.#frameTicks = passed
      if (picture.isIdr) this.#delay = ptsTicks - dtsTicks
      this.#lastDts = dtsTicks
      if (order !== undefined) this.#shown = { pts: ptsTicks, order }
      return { ptsTicks, dtsTicks }
    }
    if (this.#lastDts === undefined || this.#frameTicks === 0) return {}
    const dts = this.#lastDts + this.#frameTicks
    this.#lastDts = dts
    const pts = this.#ptsOf(dts, order, picture.orderStep)
    if (order !== undefined) this.#shown = { pts, order }
    return { ptsTicks: Math.round(pts), dtsTicks: Math.round(dts) }
  }

  #ptsOf(dts: number, order: number | undefined, step: number): number {
    if (order === undefined) return dts
    if (!this.#shown) return dts + this.#delay
    return Math.max(dts, this.#shown.pts + ((order - this.#shown.order) / step) * this.#frameTicks)
  }

  /** The order without its modulus (ISO/IEC 14496-10 8.2.1.1, 23008-2 8.3.1). */
  #orderOf({ isIdr, isAnchor, order, orderBits = 0 }: PictureOrder): number | undefined {
    if (order === undefined || orderBits === 0) return undefined
    const modulus = 2 ** orderBits
    const near = isIdr ? 0 : this.#anchorOrder
    const ahead = (((order - near) % modulus) + modulus) % modulus
    const full = near + (ahead < modulus / 2 ? ahead : ahead - modulus)
    if (isAnchor) this.#anchorOrder = full
    return full
  }
}
