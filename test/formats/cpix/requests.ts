/** SPEKE requests for tests, in the form encryptors send them. */
import {
  answerSpeke,
  readCpix,
  readSpekeRequest,
  type SpekeKeyFacts,
} from '../../../lib/formats/cpix/index.ts'
import type { SpekeVersion } from '../../../lib/formats/cpix/speke-rules.ts'
import { SYSTEM } from '../../../lib/formats/pssh/index.ts'
import { cpixCrypto } from '../../../lib/platform/crypto/cpix-crypto.ts'

export const videoKid = '0f083e4e-b831-4a3d-917e-ce78076e0001'
export const audioKid = '041fdd3a-7f5e-4848-a7cb-65e97758e002'

export interface Request {
  readonly root?: string
  readonly delivery?: string
  readonly keys?: string
  readonly systems?: string
  readonly periods?: string
  readonly rules?: string
}

/** A request for one video and one audio key of Widevine; parts may be replaced. */
export function request(parts: Request = {}): string {
  const {
    root = 'contentId="movie" version="2.3"',
    delivery = '',
    keys = key(videoKid) + key(audioKid),
    systems = system(videoKid) + system(audioKid),
    periods = '',
    rules = rule(videoKid, 'VIDEO', '<cpix:VideoFilter/>') + rule(audioKid, 'AUDIO', '<cpix:AudioFilter/>'),
  } = parts
  const list = (name: string, content: string) =>
    content === '' ? '' : `<cpix:${name}List>${content}</cpix:${name}List>`
  return (
    `<cpix:CPIX xmlns:cpix="urn:dashif:org:cpix" xmlns:pskc="urn:ietf:params:xml:ns:keyprov:pskc" ${root}>` +
    list('DeliveryData', delivery) +
    list('ContentKey', keys) +
    list('DRMSystem', systems) +
    list('ContentKeyPeriod', periods) +
    list('ContentKeyUsageRule', rules) +
    '</cpix:CPIX>'
  )
}

export function key(kid: string, attributes = 'commonEncryptionScheme="cenc"'): string {
  return `<cpix:ContentKey kid="${kid}" ${attributes}/>`
}

export const asksForAll =
  '<cpix:HLSSignalingData playlist="master"/><cpix:HLSSignalingData playlist="media"/>' +
  '<cpix:ContentProtectionData/><cpix:PSSH/>'

export function system(kid: string, systemId: string = SYSTEM.widevine, asks = asksForAll): string {
  return `<cpix:DRMSystem kid="${kid}" systemId="${systemId}">${asks}</cpix:DRMSystem>`
}

export function rule(kid: string, track: string, filters: string): string {
  return `<cpix:ContentKeyUsageRule kid="${kid}" intendedTrackType="${track}">${filters}</cpix:ContentKeyUsageRule>`
}

/** Messages of what is wrong with a request; empty where it is good. */
export function problemsOf(text: string, version: SpekeVersion = '2.0'): string[] {
  return (readSpekeRequest(readCpix(text).cpix, version).problems ?? []).map(({ message }) => message)
}

/** The answer with a key of 16 times 7 for every kid. */
export function answered(
  text: string,
  version: SpekeVersion = '2.0',
  facts: Partial<SpekeKeyFacts> = {},
): string {
  const document = readCpix(text)
  const { request: asked, problems } = readSpekeRequest(document.cpix, version)
  if (!asked) throw new Error(JSON.stringify(problems))
  const keys = new Map(
    asked.keys.map(({ kid }) => [
      kid,
      {
        key: new Uint8Array(16).fill(7),
        signaling: { fairPlayUri: `skd://${kid}`, keyUrl: `https://k.example/client/a&b/${kid}` },
        ...facts,
      },
    ]),
  )
  return answerSpeke(document, { request: asked, keys, crypto: cpixCrypto })
}
