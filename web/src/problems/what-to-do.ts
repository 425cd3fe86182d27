/** What a person does about an error, by its code: the message says what is wrong, this how it gets right. */

/** How the console can help with it. */
export type Remedy = 'upload' | 'replay' | 'none'

/** Advice and the button that goes with it. */
export interface WhatToDo {
  readonly text: string
  /** A command that helps, to copy. */
  readonly command?: string
  readonly remedy: Remedy
}

const rewrap = 'ffmpeg -i film.mp4 -map 0 -c copy -movflags +faststart new.mp4'
const replay = 'npm run -s headend -- ingest replay'

const encode =
  'Encode the track as H.264, HEVC, AV1 or VP9, the sound as AAC, AC-3, E-AC-3, Opus, FLAC or MP3, and upload the film again.'

/** What has to do with rights: nothing is wrong with the film. */
const ofRights: readonly (readonly [RegExp, WhatToDo])[] = [
  [
    /^(LICENCE_EXPIRED|SESSION_EXPIRED)$/,
    {
      text: 'Press Reload: that opens a new session with a new token. A viewer’s own last as long as the ttlSeconds they were made with.',
      remedy: 'none',
    },
  ],
  [
    /^(LICENCE|SESSION)_REVOKED$/,
    {
      text: 'It was taken back, or all of its account were. Press Reload for a new one; viewers need one from whoever gives them theirs.',
      remedy: 'none',
    },
  ],
  [
    /^LICENCE_SYSTEM$/,
    {
      text: 'Add this DRM to the film’s protection, or play it with one that is there. If the protection was just changed, press Reload.',
      remedy: 'none',
    },
  ],
  [
    /^(LICENCE|SESSION)_CONTENT$/,
    { text: 'Make the token for this film: its content names another one.', remedy: 'none' },
  ],
  [
    /^LICENCE_KEY$/,
    {
      text: 'Let the player ask for the keys of one film at a time: a token opens one film, and a challenge passes whole or not at all.',
      remedy: 'none',
    },
  ],
  [
    /^LICENCE_(CHALLENGE|CONTENT_TYPE)$/,
    {
      text: 'Send the challenge as the player’s DRM made it, neither wrapped nor encoded, and say its one media type.',
      remedy: 'none',
    },
  ],
  [
    /^LICENCE_PERIOD$/,
    {
      text: 'Its keys were replaced more than two days ago. Press Reload: the manifest of today has others.',
      remedy: 'none',
    },
  ],
  [
    /^LICENCE_REGION$/,
    {
      text: 'Make the token with the viewer’s country among its regions. Who asks for licences past CloudFront has no country: leave regions out.',
      remedy: 'none',
    },
  ],
  [
    /^LICENCE_LEVEL$/,
    {
      text: 'Make the token with the level clearkey, or play with Widevine, PlayReady or FairPlay.',
      remedy: 'none',
    },
  ],
  [
    /^LICENCE_STREAMS$/,
    { text: 'Stop playback on another device of this account, then press Reload.', remedy: 'none' },
  ],
  [
    /^LICENCE_(SERVERS|SERVER_NONE|SERVER_URL|CERTIFICATE)$/,
    {
      text: 'Put the URL and the credentials of your licence server into the secret that the output LicenceServersSecret names.',
      command:
        'aws secretsmanager put-secret-value --secret-string file://servers.json --secret-id $(npm run -s headend -- outputs --cloud --only LicenceServersSecret)',
      remedy: 'none',
    },
  ],
  [
    /^LICENCE_(BUSY|SERVER_)/,
    {
      text: 'Your licence server does not answer as it should. Read its log, and that of the function Licence.',
      remedy: 'none',
    },
  ],
  [/^(SESSION|TOKEN)_/, { text: 'Press Reload: that opens a new session with a new token.', remedy: 'none' }],
  [
    /^EDGE_STATE$/,
    {
      text: 'The edge can not read who may play what. It mends itself within seconds, or minutes after a deployment: then press Reload.',
      remedy: 'none',
    },
  ],
  [/^PROTECTION_NONE$/, { text: 'Protect the film first: it has no keys yet.', remedy: 'none' }],
  [
    /^(PROTECTION|KEY|KEY_PLAN|SESSION_KEYS)_(RACE|BUSY)$/,
    { text: 'Others were changing the same at this moment. Try once more.', remedy: 'none' },
  ],
  [
    /^PROTECTION_CODEC$/,
    {
      text: 'Encode the pictures as H.264, HEVC or AV1, which can be encrypted, or take the protection off.',
      remedy: 'none',
    },
  ],
  [
    /^(MEDIA_PROTECTION|KEY_UNKNOWN|SCHEME_UNAVAILABLE)$/,
    {
      text: 'The URL is of a protection the film had before. Take it from the manifest of today.',
      remedy: 'none',
    },
  ],
  [
    /^ASSET_PROTECTION$/,
    {
      text: 'Mend “protection” in asset.json: "none", or a policy as PUT /v1/assets/{id}/protection takes it. Then put asset.json into the film’s folder again; the films need not be sent anew.',
      remedy: 'none',
    },
  ],
]

/** The first that fits holds: single codes first, whole areas last. */
const table: readonly (readonly [RegExp, WhatToDo])[] = [
  ...ofRights,
  [
    /^(MP4_TRUNCATED|MP4_BOX_TRUNCATED|OBJECT_SHORT|MP4_NOT_FINISHED)$/,
    {
      text: 'The file is cut off. Compare its size with the original’s and upload the whole file again.',
      remedy: 'upload',
    },
  ],
  [
    /^(OBJECT_GONE|MP4_EMPTY)$/,
    {
      text: 'Upload the file again: what was to be read is gone, or never had a byte.',
      remedy: 'upload',
    },
  ],
  [
    /^OBJECT_ARCHIVED$/,
    {
      text: 'Upload the film again in the storage class STANDARD: nothing is read from an archive.',
      remedy: 'upload',
    },
  ],
  [
    /^ASSET_SUBTITLES$/,
    {
      text: 'Open the film they belong to and upload them there, or put them into its folder.',
      remedy: 'none',
    },
  ],
  [
    /^MP4_MOOV_MISSING$/,
    {
      text: 'The recording was never finished, or what came is not all of it, as a segment without its init segment. Let the recorder finish or repair it, then upload the whole.',
      remedy: 'upload',
    },
  ],
  [
    /^MP4_NOT_MP4$/,
    {
      text: 'A film in another container: put it into MP4, without encoding anew what MP4 can hold, and upload that. Anything else (a saved page, an archive, a playlist, a picture): upload the film itself.',
      command: 'ffmpeg -i film -map 0 -c copy -movflags +faststart film.mp4',
      remedy: 'upload',
    },
  ],
  [
    /^MP4_TRACK_ENCRYPTED$/,
    { text: 'Upload the film in the clear: protection is put on when it is delivered.', remedy: 'upload' },
  ],
  [
    /^MP4_MEDIA_ELSEWHERE$/,
    {
      text: 'Export the film self-contained, with its media in the file, and upload that.',
      remedy: 'upload',
    },
  ],
  [
    /^PACKAGING_PICTURES_SEVERAL$/,
    {
      text: 'Upload the other camera as a film of its own. Where they are renditions of one picture, add "renditions": true to the file in asset.json.',
      remedy: 'upload',
    },
  ],
  [
    /^MP4_BROKEN_OFF$/,
    { text: 'Nothing, if the recording was stopped there. Else upload the whole of it.', remedy: 'none' },
  ],
  [/^MP4_(CODEC_UNSUPPORTED|DESCRIPTIONS_SEVERAL)$/, { text: encode, remedy: 'upload' }],
  [
    /^MP4_HANDLER_UNSUPPORTED$/,
    {
      text: 'Nothing, unless a viewer needs it: pictures, sound and subtitles are what is delivered.',
      remedy: 'none',
    },
  ],
  [
    /^MP4_(EDIT|EDITS)_/,
    {
      text: 'Export the film without edit lists, so that it plays from its first to its last sample.',
      command: rewrap,
      remedy: 'upload',
    },
  ],
  [
    /^PACKAGING_SOUND_REPEATED$/,
    { text: 'Nothing: the same sound plays from the other file.', remedy: 'none' },
  ],
  [
    /^PACKAGING_LADDER_UNALIGNED$/,
    {
      text: 'Encode all renditions with key frames at the same times (a fixed distance, no scene cuts) and upload them again.',
      command: 'ffmpeg … -force_key_frames "expr:gte(t,n_forced*2)" -sc_threshold 0',
      remedy: 'upload',
    },
  ],
  [/^PACKAGING_(NOTHING_PLAYABLE|PICTURES_LOST|SOUND_LOST)$/, { text: encode, remedy: 'upload' }],
  [
    /^PACKAGING_INTERNAL$/,
    {
      text: 'The file is not to blame. Read the log of the ingest function; once the cause is gone, replay the upload: it is still there.',
      command: replay,
      remedy: 'replay',
    },
  ],
  [
    /_(LARGE|MANY)$/,
    {
      text: 'It is more than one film may have. Cut it into several, or leave out what is not needed, and upload that.',
      remedy: 'upload',
    },
  ],
  [
    /^ASSET_JSON$/,
    {
      text: 'Mend asset.json and put it into the film’s folder again; the films need not be sent anew.',
      remedy: 'none',
    },
  ],
  [
    /^ASSET_FILE_MISSING$/,
    { text: 'Upload the file asset.json names, then asset.json once more.', remedy: 'upload' },
  ],
  [
    /^ASSET_(KEY|ID)$/,
    {
      text: 'Upload the file again under a name of letters, digits, dots, hyphens and underscores.',
      remedy: 'upload',
    },
  ],
  [/^ASSET_RECORD$/, { text: 'Upload the film again: that writes its entry anew.', remedy: 'upload' }],
  [/^UPLOAD_/, { text: 'Press Retry: what has arrived is not sent twice.', remedy: 'none' }],
  [
    /^(PACKAGING_)?(TEXT|SRT|VTT|WEBVTT|TTML)_/,
    { text: 'Mend the subtitles, or convert them to WebVTT, and upload them again.', remedy: 'upload' },
  ],
]

const anyFilm: WhatToDo = {
  text: 'Write the film anew with another tool, which repairs most such faults without a loss, and upload that.',
  command: rewrap,
  remedy: 'upload',
}

/** Never nothing: what no line knows is a film to be written anew. */
export const whatToDo = (code: string): WhatToDo => table.find(([shape]) => shape.test(code))?.[1] ?? anyFilm

/** Of what a player or the API of rights refuses; undefined where the words of the refusal say it all. */
export const rightsAdvice = (code: string): WhatToDo | undefined =>
  ofRights.find(([shape]) => shape.test(code))?.[1]

const wanting: readonly (readonly [RegExp, WhatToDo])[] = [
  [
    // hls.js by name, Shaka Player and dash.js by number.
    /^keySystem(NoAccess|NoConfiguredLicense)\b|\((600[0-2]|24|112)\)/,
    {
      text: 'Choose another DRM above, or another browser: this one lacks it, or does not decode the film under it. A page that is neither https nor on localhost has no DRM at all.',
      remedy: 'none',
    },
  ],
  [
    /^(bufferAddCodec|bufferIncompatibleCodecs|manifestIncompatibleCodecs)Error\b|\((4012|4032|32|35)\)/,
    {
      text: 'Another browser may decode the film: this one lacks a codec that the tracks below name. For all of them, encode the pictures as H.264 and the sound as AAC and upload the film again.',
      remedy: 'none',
    },
  ],
]

/** Of what a player itself says that it lacks; undefined where that is nothing known. */
export const playerAdvice = (said: string): WhatToDo | undefined =>
  wanting.find(([shape]) => shape.test(said))?.[1]
