/** The rules of a CMAF track that this judge knows, each with the clause that makes it one. */

/** By a name of its own. CMAF is ISO/IEC 23000-19, BMFF ISO/IEC 14496-12, CENC ISO/IEC 23001-7, DASH ISO/IEC 23009-1. */
export const clauses = {
  'box.tree': 'BMFF 4.2: boxes fill what holds them',
  'init.order': 'CMAF 7.3.1: a CMAF header is ftyp and moov',
  'init.movie': 'CMAF 7.3.1: moov is mvhd, one trak and mvex',
  'init.mvhd': 'CMAF 7.5.1: rate, volume and matrix at their defaults; no duration, all is in fragments',
  'init.tkhd-duration': 'CMAF 7.5.4: tkhd.duration is 0',
  'init.tkhd': 'CMAF 7.5.4, BMFF 8.3.2: enabled, a track_ID, no layer; volume and size fit the media',
  'init.mdhd': 'CMAF 7.5.5, BMFF 8.4.2: a timescale, a language of three letters, duration 0',
  'init.elng': 'BMFF 8.4.6: a BCP 47 tag that a zero ends, and no other language than mdhd has',
  'init.hdlr': 'BMFF 8.4.3: a handler of CMAF and a name that a zero ends',
  'init.media-header': 'BMFF 12.1.2, 12.2.2, 12.5.2, 12.6.2: the media header of the handler',
  'init.dref': 'BMFF 8.7.2: one entry, this file',
  'init.tables': 'CMAF 7.5.9 to 7.5.12: stts, stsc, stsz and stco are there and empty, no other tables are',
  'init.stsd': 'CMAF 7.5.8: one sample entry, with the first data reference',
  'init.trex': 'CMAF 7.5.14: one trex of this track with description 1; mehd only with a duration',
  'init.edit-video': 'CMAF 7.7.2: no edit list in a video track',
  'init.edit': 'CMAF 7.5.13: an edit list takes off what comes before the first sound, and nothing else',
  'brand.structural': 'CMAF 7.2: iso6 and cmfc or cmf2, the major brand among them',
  'brand.profile': 'CMAF A.2, B.5, 10.2, 11.2, 11.3: the media profile that the configuration keeps to',
  'segment.order': 'CMAF 7.3.2.3, DASH 6.3.4.2: styp, then moof and mdat in turn, and nothing behind',
  'segment.styp': 'CMAF 7.3.3.1, DASH 6.3.4.2: brands msdh, msix and cmfs',
  'fragment.mfhd': 'BMFF 8.8.5: sequence numbers rise',
  'fragment.traf': 'CMAF 7.3.2.3: one traf with tfhd, tfdt and trun',
  'fragment.tfhd': 'CMAF 7.5.15: the track_ID of the header, default-base-is-moof and no base-data-offset',
  'fragment.defaults': 'CMAF 7.7.3: description, duration, size and flags in the fragment, not in trex',
  'fragment.tfdt': 'CMAF 7.5.16: version 1, and where the fragment before it ends',
  'fragment.trun': 'CMAF 7.5.17: one run of version 1 with a data offset, and samples in it',
  'fragment.ept': 'CMAF 7.5.17: with trun version 1 a fragment is first shown at its decode time',
  'fragment.data': 'CMAF 7.3.2.3: samples lie in the mdat that follows, from its first byte to its last',
  'fragment.sync': 'CMAF 7.3.2.3: a fragment starts with a sync sample; flags do not contradict each other',
  'sample.sync': 'BMFF 8.8.3.1: sync flags are those of the pictures',
  'sample.nal': 'ISO/IEC 14496-15 4.3.3: NAL units fill their samples',
  'sample.parameter-sets':
    'ISO/IEC 14496-15 5.4.2.1, 8.4.1: avc1 and hvc1 have parameter sets in the entry alone',
  'video.entry': 'BMFF 12.1.3: a picture size, default resolution and depth',
  'video.configuration':
    'ISO/IEC 14496-15 5.3.3, 8.3.3: one configuration with parameter sets, as the size says',
  'video.colr': 'CMAF 9.2.7, BMFF 12.1.5: colours are nclx',
  'video.pasp': 'BMFF 12.1.4: no side of a pixel is 0',
  'audio.entry': 'BMFF 12.2.3: version 0, with channels and the rate of the configuration',
  'audio.configuration': 'CMAF 10.3: the configuration of the codec, complete',
  'audio.samples': 'CMAF 10.2.2: every frame is a sync sample with no composition offset',
  'text.entry': 'CMAF 11.2, 11.3, ISO/IEC 14496-30: wvtt with vttC, or stpp with the namespace of TTML',
  'text.samples': 'ISO/IEC 14496-30 6.6, 7: samples are cue boxes, or one document each',
  'entry.btrt': 'BMFF 8.5.2: btrt has a mean no higher than the peak',
  'entry.group': 'BMFF 8.9.2: groups are described, roll distances are not 0',
  'protection.entry': 'BMFF 8.12.1: encv, enca or enct with one sinf of frma, schm and schi with tenc',
  'protection.scheme': 'CENC 4.1, CMAF 8.2: schm says cenc or cbcs of version 1.0',
  'protection.tenc': 'CENC 8.2: version 1 where there is a pattern, samples protected, a KID',
  'protection.pattern': 'CMAF 8.2.3, CENC 10: 1:9 in pictures under cbcs, no pattern elsewhere',
  'protection.iv': 'CENC 8.2.2, 9.1: IVs of 8 or 16 bytes by sample under cenc, 16 constant ones under cbcs',
  'protection.pssh': 'CENC 8.1: version 0, or 1 with the KID of the track',
  'protection.senc': 'CENC 7.2: an entry for each sample, and no box that says nothing',
  'protection.saiz': 'BMFF 8.7.8: sizes are those of the entries',
  'protection.saio': 'BMFF 8.7.9: one offset from the moof, to the first entry within senc',
  'protection.subsamples': 'CENC 9.5.1: subsamples are as long as their sample',
  'protection.blocks': 'CENC 9.5.2: protected ranges of cenc are whole blocks',
  'protection.nal':
    'CENC 9.5.2.2: lengths, headers, parameter sets and messages clear, one range to the end of a slice',
  'protection.obu':
    'AV1 binding 4.3: all but tiles is clear, and tiles are protected to the end of their OBU',
  'protection.slices': 'CMAF 8.2.2: all slices and tiles are protected, from their data on',
  'protection.sound': 'CMAF 8.2.3: samples of sound are protected whole',
  'protection.counter': 'CENC 9.3: no counter block is used twice',
  'facts.codec': 'RFC 6381: the codecs string names the configuration',
  'facts.entry': 'DASH 5.3.7: size, rate, channels and timescale as manifests say',
  'facts.language': 'DASH 5.3.3: the language as manifests say',
  'facts.key': 'DASH 5.8.4.1, CENC 11.2: the scheme and default_KID that manifests say',
  'facts.bytes': 'segments are as long as promised',
  'facts.time': 'DASH 5.3.9.6: S@t and S@d are when segments are shown',
  'switch.entry':
    'CMAF 7.3.4, table 11: tracks of a switching set agree in handler, entry, timescale, track_ID',
  'switch.fragments': 'CMAF 7.3.4.1: fragments of a switching set begin together and end together',
  'switch.edit': 'CMAF 7.3.4.1: the first samples of a switching set are shown together',
} as const

/** Name of a rule. */
export type CmafRule = keyof typeof clauses

/** What was broken and where: `init`, or `segment 3` counted from 1. */
export interface BrokenCmaf {
  readonly rule: CmafRule
  readonly where: string
  readonly why: string
}

/** Where rules say what they find; one finding a rule and place is enough. */
export class Findings {
  readonly list: BrokenCmaf[] = []
  readonly #seen = new Set<string>()

  want(holds: boolean, rule: CmafRule, where: string, why: string): void {
    const key = `${rule} ${where}`
    if (holds || this.#seen.has(key)) return
    this.#seen.add(key)
    this.list.push({ rule, where, why })
  }
}
