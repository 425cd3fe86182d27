/** `device=`: limits video to what a kind of screen can show; more would only cost the viewer data. */
import { HeadendError } from '../../errors.ts'
import { isVideo, type Rendition } from '../../timeline/presentation.ts'

/** Lines of the shorter side, so that portrait video is classified correctly. */
const maxLines: Readonly<Record<string, number>> = {
  phone: 720,
  tablet: 1080,
  desktop: 2160,
  tv: Number.POSITIVE_INFINITY,
}

/** Renditions for a device; if all video is too large, the smallest remains. Throws DEVICE_UNKNOWN (400). */
export function renditionsForDevice(renditions: readonly Rendition[], device: string): Rendition[] {
  const most = Object.hasOwn(maxLines, device) ? maxLines[device] : undefined
  if (most === undefined)
    throw new HeadendError(
      'DEVICE_UNKNOWN',
      `device: expected one of ${Object.keys(maxLines).join(', ')}, got ${device}`,
    )
  const pictures = renditions.filter(isVideo)
  const smallest = pictures.toSorted(
    (a, b) => linesOf(a) - linesOf(b) || a.bandwidth.peak - b.bandwidth.peak,
  )[0]
  const fits = pictures.some((one) => linesOf(one) <= most)
  return renditions.filter((one) => !isVideo(one) || (fits ? linesOf(one) <= most : one === smallest))
}

const linesOf = ({ config: { width = 0, height = 0 } }: Rendition): number => Math.min(width, height)
