/** Films that ask to be credited where they are shown. */
import type { Asset } from '../../../lib/assets/api/schemas.ts'

const credits: readonly (readonly [RegExp, string])[] = [
  [
    /^demo$|big[-_. ]?buck[-_. ]?bunny/i,
    'Big Buck Bunny © 2008 Blender Foundation, CC BY 3.0, www.bigbuckbunny.org',
  ],
]

/** The credit of a film we know by its name. */
export const creditOf = ({ id, title = '' }: Asset): string | undefined =>
  credits.find(([shape]) => shape.test(id) || shape.test(title))?.[1]
