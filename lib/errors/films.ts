/** Errors of an upload: its file, its asset.json, its tracks. They stand in the asset's record and in the console. */
import { cutSmaller, type ErrorArea, encodeAnew, recorded, writeAnew } from './area.ts'

const editLists = {
  advice:
    'Export the film without edit lists, so that it plays from its first to its last sample, and upload that.',
  command: writeAnew.command,
  remedy: 'upload',
} as const
const wholeFile = {
  advice: 'Upload the whole file again, for it is cut off: compare its size with the original’s.',
  remedy: 'upload',
} as const
const otherName = {
  advice: 'Upload the file again under a name of letters, digits, dots, hyphens and underscores.',
  remedy: 'upload',
} as const
const selfContained = {
  advice: 'Export the film self-contained, with its media in the file, and upload that.',
  remedy: 'upload',
} as const

export const films = {
  ASSET_FILES_MANY: {
    status: 400,
    meaning: 'A folder of vod/ has more files than a film may have.',
    ...cutSmaller,
  },
  ASSET_FILE_MISSING: {
    status: 400,
    meaning: 'asset.json names a file that is not in the bucket.',
    advice: 'Upload the file asset.json names, then asset.json once more.',
    remedy: 'upload',
  },
  ASSET_ID: { status: recorded, meaning: 'The name of an upload is no id of an asset.', ...otherName },
  ASSET_JSON: {
    status: 400,
    meaning: 'asset.json is not JSON, too long, or says what it may not.',
    advice: 'Mend asset.json and put it into the film’s folder again; the films need not be sent anew.',
  },
  ASSET_KEY: { status: recorded, meaning: 'The key of an upload is not the key of a film.', ...otherName },
  ASSET_PROTECTION: {
    status: 400,
    meaning: '“protection” in asset.json is neither "none" nor a policy.',
    advice:
      'Mend “protection” in asset.json: "none", or a policy as PUT /v1/assets/{id}/protection takes it. Then put asset.json into the film’s folder again; the films need not be sent anew.',
  },
  ASSET_RACE: {
    status: 503,
    meaning: 'The record of an asset could not be written, because others wrote it at the same time.',
    advice: 'Nothing, the upload is taken up again by itself; if it fails in the end, replay it.',
    remedy: 'replay',
  },
  ASSET_RECORD: {
    status: 500,
    meaning: 'The record of an asset lacks what every record has.',
    advice: 'Upload the film again: that writes its entry anew.',
    remedy: 'upload',
  },
  ASSET_SUBTITLES: {
    status: recorded,
    meaning: 'Subtitles were uploaded beside their film and not into its folder.',
    advice: 'Open the film they belong to and upload them there, or put them into its folder.',
  },
  EVENT_UNREADABLE: {
    status: 500,
    meaning: 'A message in a queue is none of those that belong there.',
    advice: 'Find out who else sends to the queue; the message goes to its dead letters.',
  },
  MP4_BOXES_MANY: { status: 400, meaning: 'A box holds more boxes than any film has.', ...writeAnew },
  MP4_BROKEN_OFF: {
    status: recorded,
    meaning: 'The last fragment of a recording is cut off; what is before it plays.',
    advice: 'Nothing, if the recording was stopped there. Else upload the whole of it.',
  },
  MP4_CHAPTERS: {
    status: 400,
    meaning: 'A track of text holds chapters and no subtitles.',
    advice: 'Nothing, unless a viewer needs it: pictures, sound and subtitles are what is delivered.',
  },
  MP4_CODEC_UNSUPPORTED: {
    status: 400,
    meaning: 'The codec of a track is none that is delivered.',
    ...encodeAnew,
  },
  MP4_DESCRIPTIONS_SEVERAL: { status: 400, meaning: 'A track changes its codec.', ...encodeAnew },
  MP4_DESCRIPTION_CHANGE: {
    status: 400,
    meaning: 'A track changes its sample description where no decoder can start.',
    ...encodeAnew,
  },
  MP4_DURATION: { status: 400, meaning: 'A track is longer than a film may be.', ...cutSmaller },
  MP4_EDITS_MANY: { status: 400, meaning: 'An edit list is longer than any film needs.', ...editLists },
  MP4_EDITS_SEVERAL: { status: 400, meaning: 'An edit list shows several runs of media.', ...editLists },
  MP4_EDIT_EMPTY: { status: 400, meaning: 'An edit list shows nothing of its track.', ...editLists },
  MP4_EDIT_HOLDS: {
    status: recorded,
    meaning: 'An edit list asks for a picture that stands still; it is played without that.',
    ...editLists,
  },
  MP4_EDIT_RANGE: {
    status: 400,
    meaning: 'An edit list moves samples further than can be said.',
    ...editLists,
  },
  MP4_EDIT_RATE: { status: 400, meaning: 'An edit list plays media faster or slower.', ...editLists },
  MP4_EMPTY: {
    status: 400,
    meaning: 'The file has no byte.',
    advice: 'Upload the file again: what was to be read is gone, or never had a byte.',
    remedy: 'upload',
  },
  MP4_ENTRY_MISSING: { status: 400, meaning: 'A track says nothing of its codec.', ...writeAnew },
  MP4_FRAGMENTS_MANY: {
    status: 400,
    meaning: 'The film has more fragments than can be read in time.',
    ...writeAnew,
  },
  MP4_FRAGMENT_ORDER: { status: 400, meaning: 'Fragments do not follow one another in time.', ...writeAnew },
  MP4_HANDLER_UNSUPPORTED: {
    status: 400,
    meaning: 'A track is neither pictures nor sound nor subtitles.',
    advice: 'Nothing, unless a viewer needs it: pictures, sound and subtitles are what is delivered.',
  },
  MP4_MEDIA_ELSEWHERE: {
    status: 400,
    meaning: 'The media of a track lie in another file.',
    ...selfContained,
  },
  MP4_MOOF_LARGE: {
    status: 400,
    meaning: 'The description of a fragment is larger than can be read.',
    ...writeAnew,
  },
  MP4_MOOV_LARGE: {
    status: 400,
    meaning: 'The description of the film is larger than can be read.',
    ...cutSmaller,
  },
  MP4_MOOV_MISSING: {
    status: 400,
    meaning: 'The file ends before its description: a recorder was stopped, or the upload.',
    advice:
      'The recording was never finished, or what came is not all of it, as a segment without its init segment. Let the recorder finish or repair it, then upload the whole.',
    remedy: 'upload',
  },
  MP4_NOT_MP4: {
    status: 400,
    meaning: 'The file is neither MP4 nor QuickTime nor a transport stream.',
    advice:
      'A film in another container: put it into MP4, without encoding anew what MP4 can hold, and upload that. Anything else (a saved page, an archive, a playlist, a picture): upload the film itself.',
    command: 'ffmpeg -i film -map 0 -c copy -movflags +faststart film.mp4',
    remedy: 'upload',
  },
  MP4_SAMPLES_MANY: { status: 400, meaning: 'There are more samples than a film may have.', ...cutSmaller },
  MP4_SAMPLES_OVERLAP: {
    status: 400,
    meaning: 'Samples of several tracks lie at the same bytes.',
    ...writeAnew,
  },
  MP4_SYNC_WRONG: {
    status: recorded,
    meaning: 'Pictures were marked as key frames that are none; the film is cut at those that are.',
    ...writeAnew,
  },
  MP4_TIMES_ABSURD: { status: 400, meaning: 'Samples have times that no film has.', ...writeAnew },
  MP4_TIMES_MENDED: {
    status: recorded,
    meaning: 'Some samples had times out of order, which were mended.',
    advice: 'Nothing, if the film plays well. Else write it anew with another tool, and upload that.',
  },
  MP4_TRACKS_MANY: { status: 400, meaning: 'There are more tracks than a film may have.', ...cutSmaller },
  MP4_TRACK_EMPTY: { status: 400, meaning: 'A track has no samples.', ...writeAnew },
  MP4_TRACK_ENCRYPTED: {
    status: 400,
    meaning: 'A track is encrypted already.',
    advice: 'Upload the film in the clear: protection is put on when it is delivered.',
    remedy: 'upload',
  },
  MP4_TRACK_TWICE: { status: 400, meaning: 'Two tracks have the same id.', ...writeAnew },
  MP4_TRUNCATED: { status: 400, meaning: 'The file ends before what it says it holds.', ...wholeFile },
  OBJECT_ARCHIVED: {
    status: 409,
    meaning: 'The object is in a storage class of archives, of which nothing is read.',
    advice: 'Upload the film again in the storage class STANDARD: nothing is read from an archive.',
    remedy: 'upload',
  },
  OBJECT_GONE: {
    status: 404,
    meaning: 'An object was deleted or replaced before it was read.',
    advice: 'Upload the file again: what was to be read is gone, or never had a byte.',
    remedy: 'upload',
  },
  OBJECT_SHORT: { status: 502, meaning: 'S3 gave fewer bytes of an object than it has.', ...wholeFile },
  PACKAGING_INTERNAL: {
    status: recorded,
    meaning: 'Indexing failed for a reason that does not lie in the film.',
    advice:
      'The file is not to blame. Read the log of the ingest function; once the cause is gone, replay the upload: it is still there.',
    command: 'npm run -s headend -- ingest replay',
    remedy: 'replay',
  },
  PACKAGING_LADDER_UNALIGNED: {
    status: recorded,
    meaning: 'Renditions have their key frames at other times than the first one.',
    advice:
      'Encode all renditions with key frames at the same times (a fixed distance, no scene cuts) and upload them again.',
    command: 'ffmpeg … -force_key_frames "expr:gte(t,n_forced*2)" -sc_threshold 0',
    remedy: 'upload',
  },
  PACKAGING_MEDIA_HIDDEN: {
    status: recorded,
    meaning: 'An edit list leaves some of the media out, and what it leaves out is not delivered.',
    ...editLists,
  },
  PACKAGING_NOTHING_PLAYABLE: {
    status: 400,
    meaning: 'No track of the upload can be delivered.',
    ...encodeAnew,
  },
  PACKAGING_PICTURES_LOST: {
    status: 400,
    meaning: 'The film would play without its pictures.',
    ...encodeAnew,
  },
  PACKAGING_PICTURES_SEVERAL: {
    status: recorded,
    meaning: 'A file holds pictures of several cameras, of which one is delivered.',
    advice:
      'Upload the other camera as a film of its own. Where they are renditions of one picture, add "renditions": true to the file in asset.json.',
    remedy: 'upload',
  },
  PACKAGING_SEGMENT_LARGE: {
    status: 400,
    meaning: 'Two key frames are so far apart that a segment would be too large.',
    advice: 'Encode the film with a key frame every few seconds, and upload that.',
    command: 'ffmpeg … -force_key_frames "expr:gte(t,n_forced*2)"',
    remedy: 'upload',
  },
  PACKAGING_SOUND_LOST: { status: 400, meaning: 'The film would play in silence.', ...encodeAnew },
  PACKAGING_SOUND_REPEATED: {
    status: recorded,
    meaning: 'Two files hold the same sound.',
    advice: 'Nothing: the same sound plays from the other file.',
  },
} as const satisfies ErrorArea
