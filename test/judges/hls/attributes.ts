/** Forms of the attributes a playlist may hold (rule P4), by tag. */

/** How a value must look. */
const FORM = {
  quoted: /^"[^"\r\n]*"$/,
  enumerated: /^[^",\s]+$/,
  integer: /^\d{1,20}$/,
  decimal: /^\d+(\.\d*)?$/,
  signed: /^-?\d+(\.\d*)?$/,
  resolution: /^\d+x\d+$/,
  hex: /^0[xX][0-9a-fA-F]+$/,
  yesNo: /^(YES|NO)$/,
} as const

type Form = keyof typeof FORM

const key: Readonly<Record<string, Form>> = {
  METHOD: 'enumerated',
  URI: 'quoted',
  IV: 'hex',
  KEYFORMAT: 'quoted',
  KEYFORMATVERSIONS: 'quoted',
}

const variant: Readonly<Record<string, Form>> = {
  BANDWIDTH: 'integer',
  'AVERAGE-BANDWIDTH': 'integer',
  SCORE: 'decimal',
  CODECS: 'quoted',
  'SUPPLEMENTAL-CODECS': 'quoted',
  RESOLUTION: 'resolution',
  'FRAME-RATE': 'decimal',
  'HDCP-LEVEL': 'enumerated',
  'ALLOWED-CPC': 'quoted',
  'VIDEO-RANGE': 'enumerated',
  'REQ-VIDEO-LAYOUT': 'quoted',
  'STABLE-VARIANT-ID': 'quoted',
  AUDIO: 'quoted',
  VIDEO: 'quoted',
  SUBTITLES: 'quoted',
  'PATHWAY-ID': 'quoted',
  URI: 'quoted',
}

const FORMS: Readonly<Record<string, Readonly<Record<string, Form>>>> = {
  'EXT-X-KEY': key,
  'EXT-X-SESSION-KEY': key,
  'EXT-X-MAP': { URI: 'quoted', BYTERANGE: 'quoted' },
  'EXT-X-START': { 'TIME-OFFSET': 'signed', PRECISE: 'yesNo' },
  'EXT-X-DEFINE': { NAME: 'quoted', VALUE: 'quoted', IMPORT: 'quoted', QUERYPARAM: 'quoted' },
  'EXT-X-DATERANGE': {
    ID: 'quoted',
    CLASS: 'quoted',
    'START-DATE': 'quoted',
    'END-DATE': 'quoted',
    CUE: 'quoted',
    DURATION: 'decimal',
    'PLANNED-DURATION': 'decimal',
    'END-ON-NEXT': 'enumerated',
  },
  'EXT-X-MEDIA': {
    TYPE: 'enumerated',
    URI: 'quoted',
    'GROUP-ID': 'quoted',
    LANGUAGE: 'quoted',
    'ASSOC-LANGUAGE': 'quoted',
    NAME: 'quoted',
    'STABLE-RENDITION-ID': 'quoted',
    DEFAULT: 'yesNo',
    AUTOSELECT: 'yesNo',
    FORCED: 'yesNo',
    'INSTREAM-ID': 'quoted',
    CHARACTERISTICS: 'quoted',
    CHANNELS: 'quoted',
  },
  'EXT-X-STREAM-INF': variant,
  'EXT-X-I-FRAME-STREAM-INF': variant,
  'EXT-X-SESSION-DATA': { 'DATA-ID': 'quoted', VALUE: 'quoted', URI: 'quoted', LANGUAGE: 'quoted' },
  'EXT-X-CONTENT-STEERING': { 'SERVER-URI': 'quoted', 'PATHWAY-ID': 'quoted' },
}

/** Whether the tag has an attribute list. */
export function hasAttributes(tag: string): boolean {
  return tag in FORMS
}

/** What is wrong with a value's form. */
export function formFault(tag: string, name: string, raw: string): string | undefined {
  const form = FORMS[tag]?.[name]
  return form === undefined || FORM[form].test(raw) ? undefined : `${name} is no ${form}: ${raw.slice(0, 60)}`
}
