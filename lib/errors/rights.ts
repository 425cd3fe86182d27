/** Errors of rights: licences, tokens, keys and how content is protected. */
import { type ErrorArea, readLog, tryAgain } from './area.ts'

const reload = { advice: 'Press Reload: that opens a new session with a new token.' } as const
const licenceServer = {
  advice: 'Your licence server does not answer as it should. Read its log, and that of the function Licence.',
} as const
const serversSecret = {
  advice:
    'Put the URL and the credentials of your licence server into the secret that the output LicenceServersSecret names.',
  command:
    'aws secretsmanager put-secret-value --secret-string file://servers.json --secret-id $(npm run -s headend -- outputs --cloud --only LicenceServersSecret)',
} as const
const asMade = {
  advice:
    'Send the challenge as the player’s DRM made it, neither wrapped nor encoded, and say its one media type.',
} as const
const onceMore = {
  advice: 'Others were changing the same at this moment. Try once more.',
} as const

export const rights = {
  EDGE_STORE_BUSY: {
    status: 503,
    meaning: 'The key-value store of the edge was written by others each time.',
    ...tryAgain,
  },
  EDGE_STORE_FULL: {
    status: 503,
    meaning: 'The key-value store of the edge has no room for another entry.',
    advice: 'Take back the protection of films nobody plays, or wait until revocations run out.',
  },
  INVALIDATION_REFUSED: {
    status: 503,
    meaning: 'CloudFront does not take the order to forget what it keeps.',
    advice: 'Wait: it is asked again by itself. If it lasts, look how many invalidations are under way.',
  },
  KEY_NAME: {
    status: 400,
    meaning: 'A key was asked for under a name that no key can have.',
    advice: 'Correct content, label or period as the message says.',
  },
  KEY_PLAN_RACE: { status: 503, meaning: 'The key periods of a content could not be written.', ...onceMore },
  KEY_RACE: { status: 503, meaning: 'A new key could not be stored.', ...onceMore },
  KEY_UNKNOWN: {
    status: 404,
    meaning: 'There is no such key.',
    advice: 'The URL is of a protection the film had before. Take it from the manifest of today.',
  },
  KEY_WRAPPING: {
    status: 502,
    meaning: 'KMS answered without the key it was asked for.',
    advice: 'Try once more. If it stays so, look for what KMS says of the key of content keys.',
  },
  LICENCE_CERTIFICATE: { status: 404, meaning: 'No certificate of FairPlay is set up.', ...serversSecret },
  LICENCE_CHALLENGE: { status: 400, meaning: 'The request is no challenge of its DRM system.', ...asMade },
  LICENCE_CONTENT: {
    status: 403,
    meaning: 'The token is for other content.',
    advice: 'Make the token for this film: its content names another one.',
  },
  LICENCE_CONTENT_TYPE: {
    status: 400,
    meaning: 'The request names several media types, or none that is one.',
    ...asMade,
  },
  LICENCE_EXPIRED: {
    status: 403,
    meaning: 'The permission to play has expired.',
    advice:
      'Press Reload: that opens a new session with a new token. A viewer’s own last as long as the ttlSeconds they were made with.',
  },
  LICENCE_KEY: {
    status: 403,
    meaning: 'The challenge asks for keys the token does not open.',
    advice:
      'Let the player ask for the keys of one film at a time: a token opens one film, and a challenge passes whole or not at all.',
  },
  LICENCE_LEVEL: {
    status: 403,
    meaning: 'The token asks for a stronger DRM than Clear Key.',
    advice: 'Make the token with the level clearkey, or play with Widevine, PlayReady or FairPlay.',
  },
  LICENCE_PERIOD: {
    status: 403,
    meaning: 'The keys asked for are of a period that is over.',
    advice: 'Its keys were replaced more than two days ago. Press Reload: the manifest of today has others.',
  },
  LICENCE_REGION: {
    status: 403,
    meaning: 'The token is not for the viewer’s country, or nobody can tell the country.',
    advice:
      'Make the token with the viewer’s country among its regions. Who asks for licences past CloudFront has no country: leave regions out.',
  },
  LICENCE_REQUEST: {
    status: 400,
    meaning: 'The request is none of Clear Key.',
    advice:
      'Send {"kids":[…],"type":"temporary"} as the browser makes it, with key ids of 16 bytes in base64url.',
  },
  LICENCE_REQUEST_TOO_LARGE: {
    status: 413,
    meaning: 'The request is longer than any challenge.',
    advice: 'Send the challenge alone: no DRM makes one of more than 64 KB.',
  },
  LICENCE_REVOKED: {
    status: 403,
    meaning: 'The permission to play was withdrawn.',
    advice:
      'It was taken back, or all of its account were. Press Reload for a new one; viewers need one from whoever gives them theirs.',
  },
  LICENCE_SERVERS: {
    status: 500,
    meaning: 'The secret of licence servers does not hold what it should.',
    ...serversSecret,
  },
  LICENCE_SERVER_DOWN: {
    status: 503,
    meaning: 'The licence server failed so often that it is left alone for a while.',
    ...licenceServer,
  },
  LICENCE_SERVER_FAILED: {
    status: [502, 504],
    meaning: 'The licence server could not be reached, or not in time.',
    ...licenceServer,
  },
  LICENCE_SERVER_LARGE: {
    status: 502,
    meaning: 'The licence server answered more than any licence has.',
    ...licenceServer,
  },
  LICENCE_SERVER_NONE: { status: 404, meaning: 'No licence server of this DRM is set up.', ...serversSecret },
  LICENCE_SERVER_REDIRECT: {
    status: 502,
    meaning: 'The licence server answered with a redirect.',
    ...licenceServer,
  },
  LICENCE_SERVER_URL: {
    status: 500,
    meaning: 'The URL of a licence server is not one of https.',
    ...serversSecret,
  },
  LICENCE_STREAMS: {
    status: 403,
    meaning: 'Too many devices of the account are playing.',
    advice: 'Stop playback on another device of this account, then press Reload.',
  },
  LICENCE_SYSTEM: {
    status: 403,
    meaning: 'The film is not protected by this DRM.',
    advice:
      'Add this DRM to the film’s protection, or play it with one that is there. If the protection was just changed, press Reload.',
  },
  LICENCE_TYPE: {
    status: 403,
    meaning: 'A Clear Key licence was asked for that is to be stored.',
    advice: 'Ask for a temporary licence; for storing them use Widevine, PlayReady or FairPlay.',
  },
  POLICY_UNREADABLE: { status: 500, meaning: 'A stored policy of protection can not be read.', ...readLog },
  PROTECTION_BUSY: {
    status: 503,
    meaning: 'A change of protection was not made, because others were quicker.',
    ...onceMore,
  },
  PROTECTION_NONE: {
    status: 409,
    meaning: 'The film is not protected.',
    advice: 'Protect the film first: it has no keys yet.',
  },
  REVOCATION_UNREADABLE: {
    status: 500,
    meaning: 'A stored revocation can not be read, so nobody of its account is let in.',
    advice: 'Revoke the account’s tokens again: that writes it anew.',
  },
  SESSION_KEYS_RACE: { status: 503, meaning: 'The keys of sessions are being rotated.', ...onceMore },
  TOKEN_EXPIRED: {
    status: 401,
    meaning: 'The token has expired.',
    advice: 'Make a new one: `headend token` for operators and viewers; in the console, press Reload.',
  },
  TOKEN_INVALID: { status: 401, meaning: 'The token is none of this headend.', ...reload },
  TOKEN_KEY_SHORT: {
    status: 400,
    meaning: 'The key that signs tokens is too short.',
    advice: 'Put a key of 32 characters or more into the secret of tokens.',
  },
  TOKEN_MISSING: {
    status: 401,
    meaning: 'The request brings no token.',
    advice: 'Send a header Authorization: Bearer with the token, which `headend token` makes.',
  },
  TOKEN_SPANS: {
    status: 409,
    meaning: 'The presentation shows more ranges of channels than a token has room for.',
    advice: 'Make several presentations of it, and a token for each.',
  },
  TOKEN_TWICE: {
    status: 400,
    meaning: 'The request brings several tokens.',
    advice: 'Send one token, in the header or in the query.',
  },
} as const satisfies ErrorArea
