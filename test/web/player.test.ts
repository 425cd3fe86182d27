import { describe, expect, it } from 'vitest'
import { embedCode, embedUrl, parseEmbed } from '../../web/src/embed/embed-code.ts'
import { menuOf, off, qualityMenu, trackLabel, wished } from '../../web/src/player/menus/menus.ts'

const origin = 'https://play.example'
const film = {
  content: 'vod/film',
  player: 'Shaka',
  format: 'dash',
  autoplay: false,
  title: 'A "film" & <b>',
} as const

/** The parts of an address that a page reads. */
const opened = (url: string) => {
  const { search, hash } = new URL(url)
  return parseEmbed(search, hash)
}

describe('the code that embeds a player', () => {
  it('is read by the player page as it was written', () => {
    expect(opened(embedUrl(origin, film))).toEqual({ embedded: film, permission: undefined })
    const sealed = { ...film, autoplay: true, systems: ['playready', 'clearkey'] } as const
    expect(opened(embedUrl(origin, sealed))?.embedded).toEqual(sealed)
  })

  it('lets no title out of its attributes', () => {
    const code = embedCode(embedUrl(origin, film), film.title)
    expect(code).toContain('title="A &quot;film&quot; &amp; &lt;b&gt;"')
    expect(code.match(/[<>]/g)).toEqual(['<', '>', '<', '>'])
    expect(code).not.toMatch(/token/i)
  })

  it('opens what is protected only with what takes the place of its placeholders', () => {
    const url = embedUrl(origin, { ...film, systems: ['clearkey'] })
    expect(url).toMatch(/#session=SESSION&token=TOKEN$/)
    expect(opened(url)?.permission).toBeUndefined()
    const given = url.replace('SESSION', '1.ab-c_d.e').replace('TOKEN', 'x.y.z')
    expect(opened(given)?.permission).toEqual({ session: '1.ab-c_d.e', token: 'x.y.z' })
    expect(opened(url.replace('SESSION', '../../vod'))?.permission).toBeUndefined()
  })

  it.each(['', '?content=film', '?content=vod/..', '?content=https://evil.example/x', '?content=vod/a/b'])(
    'names no content in %s',
    (search) => {
      expect(parseEmbed(search, '')).toBeUndefined()
    },
  )
})

describe('what a viewer may choose', () => {
  it('has each quality once, the best first, and the one in use under its name', () => {
    const tracks = [
      { id: '0', height: 360, bandwidth: 500_000 },
      { id: '1', height: 1080, bandwidth: 2_100_000 },
      { id: '2', height: 1080, bandwidth: 2_140_000 },
    ]
    const { options, chosen } = qualityMenu(tracks, '1')
    expect(options.map(({ label }) => label)).toEqual(['Auto', '1080p · 2.1 Mbit/s', '360p · 500 kbit/s'])
    expect(options.find(({ id }) => id === chosen)?.label).toBe('1080p · 2.1 Mbit/s')
  })

  it.each([
    [{ name: 'de', language: 'de', of: 'Audio' }, 'German'],
    [{ name: 'Deutsch', language: 'de', of: 'Audio' }, 'Deutsch (German)'],
    [{ name: 'German commentary', language: 'de', of: 'Audio' }, 'German commentary'],
    [{ name: undefined, language: 'und', of: 'Audio' }, 'Audio'],
    [{ name: '', language: 'not a tag', of: 'Audio' }, 'not a tag'],
  ])('is called %o', (track, label) => {
    expect(trackLabel(track)).toBe(label)
  })

  it('is chosen again in another film by its name, or else its language, or not at all', () => {
    const menu = menuOf([off, { id: '4', label: 'Deutsch', language: 'de' }], off.id)
    expect(wished(menu, { label: 'Deutsch' })).toBe('4')
    expect(wished(menu, { label: 'German', language: 'de' })).toBe('4')
    expect(wished(menu, { label: 'Off' })).toBe('off')
    expect(wished(menu, { label: 'French', language: 'fr' })).toBeUndefined()
  })
})
