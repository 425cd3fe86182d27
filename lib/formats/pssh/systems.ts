/** Content protection systems by their ids in the DASH-IF registry. */

/** The ids of the supported systems. */
export const SYSTEM = {
  /** W3C's common pssh: key ids only ("cenc" Initialization Data Format 4). */
  common: '1077efec-c0b2-4d02-ace3-3c1e52e2fb4b',
  widevine: 'edef8ba9-79d6-4ace-a3c8-27dcd51d21ed',
  playready: '9a04f079-9840-4286-ab92-e65be0885f95',
  fairplay: '94ce86fb-07ff-4f43-adb8-93d2fa968ca2',
  /** DASH-IF's Clear Key (DASH-IF IOP 7.6.2.4). */
  clearkey: 'e2719d58-a985-b3c9-781a-b030af78d30e',
  /** HLS AES-128 and SAMPLE-AES with a key of one's own: the id in SPEKE 1. */
  aes128: '81376844-f976-481e-a84e-cc25d39b0b33',
} as const

/** One of those. */
export type SystemName = keyof typeof SYSTEM
