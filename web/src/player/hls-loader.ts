/** hls.js's loader, but what it loads of media is asked for again by the loader itself. */
import {
  default as Hls,
  type HlsConfig,
  type LoaderCallbacks,
  type LoaderConfiguration,
  type LoaderContext,
} from 'hls.js'

/** After one, two and four seconds: what an origin fails for the moment it says it fails for one. */
const errorRetry = { maxNumRetry: 3, retryDelayMs: 1000, maxRetryDelayMs: 4000 }

/**
 * hls.js 1.7.4 asks for a segment and its init segment at once. Where the segment is refused with a 5xx, its second try
 * breaks off the init segment if that is still under way, and that in turn the second try: it stands still for good.
 * A loader that tries again has only the segment to ask for.
 */
class PatientLoader extends Hls.DefaultConfig.loader {
  override load(
    context: LoaderContext,
    config: LoaderConfiguration,
    callbacks: LoaderCallbacks<LoaderContext>,
  ): void {
    const loadPolicy = 'frag' in context ? { ...config.loadPolicy, errorRetry } : config.loadPolicy
    super.load(context, { ...config, loadPolicy }, callbacks)
  }
}

const { fragLoadPolicy } = Hls.DefaultConfig

/** What every page that plays with hls.js 1.7.4 needs. */
export const patientLoading: Partial<HlsConfig> = {
  loader: PatientLoader,
  // It has been asked for four times by then.
  fragLoadPolicy: {
    default: {
      ...fragLoadPolicy.default,
      errorRetry: { maxNumRetry: 1, retryDelayMs: 1000, maxRetryDelayMs: 1000 },
    },
  },
}
