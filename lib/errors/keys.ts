/** Errors of documents of keys and of DRM systems: CPIX, SPEKE, pssh boxes, challenges. */
import type { ErrorArea } from './area.ts'

const mendRequest = {
  advice: 'Change the request of the packager as the message says: it names the element and what is missing.',
} as const
const mendDocument = {
  advice: 'Mend the element of the CPIX document that the message names, and send it again.',
} as const
const mendBox = { advice: 'Make the box anew with `headend pssh make`, and put that in its place.' } as const
const asMade = {
  advice:
    'Send the challenge as the player’s DRM made it, neither wrapped nor encoded, and say its one media type.',
} as const

export const keys = {
  BASE64_TEXT: { status: 400, meaning: 'A text that must be base64 is not.', ...mendDocument },
  CPIX_ATTRIBUTE: { status: 422, meaning: 'An element of CPIX lacks an attribute.', ...mendDocument },
  CPIX_BOOLEAN: { status: 422, meaning: 'An attribute of CPIX is neither true nor false.', ...mendDocument },
  CPIX_CERTIFICATE: {
    status: 422,
    meaning: 'A certificate to encrypt keys for can not be read, or has no RSA key that is long enough.',
    advice: 'Give an X.509 certificate with an RSA key of 2048 bits or more.',
  },
  CPIX_CHARSET: {
    status: 415,
    meaning: 'A CPIX document is not in UTF-8, or the request says so.',
    advice: 'Send the document in UTF-8, and say no other charset.',
  },
  CPIX_CIPHER: {
    status: 422,
    meaning: 'Encrypted data of CPIX is missing, broken, or in a cipher not read.',
    ...mendDocument,
  },
  CPIX_DOCUMENT_KEY: {
    status: 422,
    meaning: 'The key of a CPIX document is missing or too short.',
    ...mendDocument,
  },
  CPIX_IV: { status: 422, meaning: 'An initialization vector of CPIX is not 16 bytes.', ...mendDocument },
  CPIX_KEYS: {
    status: 413,
    meaning: 'A CPIX document has more keys than are read.',
    advice: 'Send several documents with fewer keys each.',
  },
  CPIX_MAC: {
    status: 422,
    meaning: 'Encrypted keys of CPIX are not authenticated by the key of their document.',
    advice:
      'Ask for the document again: it was changed on its way, or its maker’s keys are not those it names.',
  },
  CPIX_NUMBER: { status: 422, meaning: 'An attribute of CPIX is no whole number.', ...mendDocument },
  CPIX_RECIPIENT: {
    status: 422,
    meaning: 'A CPIX document is encrypted for nobody here.',
    advice: 'Have the document made for your certificate, and give the private key that belongs to it.',
  },
  CPIX_ROOT: { status: 400, meaning: 'The document is not CPIX.', ...mendDocument },
  CPIX_SECRET: { status: 400, meaning: 'A key to print into CPIX has no value.', ...mendDocument },
  CPIX_SIGNATURE: {
    status: 422,
    meaning: 'A signature of a CPIX document does not hold.',
    advice: 'Send the document as it was signed; whatever changes it on its way breaks the signature.',
  },
  CPIX_SIZE: {
    status: 413,
    meaning: 'A CPIX document is longer than is read.',
    advice: 'Send several documents with fewer keys each.',
  },
  CPIX_USAGE: {
    status: [422, 400],
    meaning: 'A rule of usage in CPIX fits no key, several, or is not known.',
    ...mendDocument,
  },
  CPIX_UUID: { status: 422, meaning: 'An attribute of CPIX is no UUID.', ...mendDocument },
  CPIX_VERSION: {
    status: 400,
    meaning: 'A CPIX document is to be printed in a version that can not say it.',
    ...mendDocument,
  },
  FAIRPLAY_SPC: { status: 400, meaning: 'The message is no request of FairPlay.', ...asMade },
  FAIRPLAY_URI: { status: 400, meaning: 'The URI of a FairPlay key is none of skd://.', ...mendBox },
  HEX_TEXT: { status: 400, meaning: 'A text that must be hex digits is not.', ...mendDocument },
  KEYS_AUTHORIZATION: {
    status: 403,
    meaning: 'Keys were asked for without a signature of AWS.',
    advice:
      'Sign the request by SigV4 with credentials that may call the key exchange, or use `headend keys`.',
  },
  KEYS_EXPORT: {
    status: 400,
    meaning: 'The request for keys names no content or no certificate.',
    advice: 'Send JSON with content and recipient, as `headend keys export` does.',
  },
  KEYS_IMPORT: {
    status: 422,
    meaning: 'A document of keys to import says what can not be taken over.',
    ...mendDocument,
  },
  KEYS_MANY: {
    status: 413,
    meaning: 'A content has more keys than go into one document.',
    advice: 'Take what is needed from GET /v1/assets/{id}/keys, or rotate keys less often.',
  },
  KEY_DIFFERS: {
    status: 409,
    meaning: 'A key to import has the id of another key that is here.',
    advice: 'Leave the key out of the document, or give it another id where it was made.',
  },
  PLAYREADY_CHALLENGE: { status: 400, meaning: 'The message is no challenge of PlayReady.', ...asMade },
  PLAYREADY_HEADER: { status: 400, meaning: 'The header of PlayReady is none.', ...mendBox },
  PLAYREADY_KID: { status: 400, meaning: 'The header of PlayReady names a key id that is none.', ...mendBox },
  PLAYREADY_OBJECT: {
    status: 400,
    meaning: 'The object of PlayReady does not hold what it says.',
    ...mendBox,
  },
  PLAYREADY_SIZE: { status: 400, meaning: 'The object of PlayReady is longer than it may be.', ...mendBox },
  PSSH_SIZE: { status: 400, meaning: 'A pssh box is longer than is read.', ...mendBox },
  PSSH_TRUNCATED: { status: 400, meaning: 'A pssh box ends before what it says it holds.', ...mendBox },
  PSSH_TYPE: { status: 400, meaning: 'The box is no pssh box.', ...mendBox },
  PSSH_VERSION: {
    status: 400,
    meaning: 'A pssh box has a version nobody defined, or one that has no key ids.',
    ...mendBox,
  },
  SPEKE_AUTHORIZATION: {
    status: [403, 401],
    meaning: 'A packager asked without a signature of AWS, or with a wrong name or password.',
    advice:
      'Sign the request by SigV4, or send the user name and password of the secret that the output SpekeSecret names.',
  },
  SPEKE_CONTENT_ID: {
    status: 422,
    meaning: 'A SPEKE request names no content, or one with too long a name.',
    ...mendRequest,
  },
  SPEKE_CONTRACT: {
    status: 422,
    meaning: 'The rules of usage do not fit the encryption contract of SPEKE.',
    ...mendRequest,
  },
  SPEKE_CPIX_VERSION: {
    status: 422,
    meaning: 'A SPEKE request is in a version of CPIX that is not answered.',
    ...mendRequest,
  },
  SPEKE_KEYS: {
    status: 413,
    meaning: 'A SPEKE request asks for more keys than are given at once.',
    advice: 'Ask for fewer keys a request.',
  },
  SPEKE_KID: {
    status: 422,
    meaning: 'A SPEKE request names a key twice, or one that it does not ask for.',
    ...mendRequest,
  },
  SPEKE_LIST: { status: 422, meaning: 'A SPEKE request lacks a list, or the list is empty.', ...mendRequest },
  SPEKE_PERIOD: {
    status: 422,
    meaning: 'The key periods of a SPEKE request do not fit its keys.',
    ...mendRequest,
  },
  SPEKE_PLAYLIST: {
    status: 422,
    meaning: 'A SPEKE request asks for signalling of a playlist nobody defined.',
    ...mendRequest,
  },
  SPEKE_RECIPIENT: {
    status: 422,
    meaning: 'A recipient of a SPEKE request has no certificate.',
    ...mendRequest,
  },
  SPEKE_RECIPIENTS: {
    status: 413,
    meaning: 'A SPEKE request has more recipients than keys are encrypted for.',
    advice: 'Ask for fewer recipients a request.',
  },
  SPEKE_SCHEME: {
    status: 422,
    meaning: 'The encryption schemes of a SPEKE request are unknown, or do not go together.',
    ...mendRequest,
  },
  SPEKE_SECRET: {
    status: 500,
    meaning: 'The secret of packagers that sign in by name holds no user.',
    advice:
      'Put JSON with username and password (16 characters or more) into the secret that the output SpekeSecret names.',
  },
  SPEKE_SYSTEM: {
    status: 422,
    meaning: 'A SPEKE request asks twice for the same DRM system of a key.',
    ...mendRequest,
  },
  SPEKE_VERSION: {
    status: 422,
    meaning: 'A SPEKE request is in a version that is not answered.',
    ...mendRequest,
  },
  UUID_TEXT: { status: 400, meaning: 'A text that must be a UUID is not.', ...mendDocument },
  WIDEVINE_CHALLENGE: { status: 400, meaning: 'The message is no challenge of Widevine.', ...asMade },
  WIDEVINE_DATA: { status: 400, meaning: 'The data of a Widevine box is broken.', ...mendBox },
  WIDEVINE_NUMBER: {
    status: 400,
    meaning: 'A number for a Widevine box is not a whole one from 0.',
    ...mendBox,
  },
  WIDEVINE_SCHEME: {
    status: 400,
    meaning: 'The scheme for a Widevine box has not four characters.',
    ...mendBox,
  },
} as const satisfies ErrorArea
