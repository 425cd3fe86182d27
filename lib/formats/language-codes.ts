/** Three letters for a language, as CTA and SCTE name it (ISO 639-2, its bibliographic codes where there are two). */

/** Two letters and the three for them; those that agree with no rule, which most do not. */
const codes =
  'aaaar ababk aeave afafr akaka amamh anarg arara asasm avava ayaym azaze babak bebel bgbul bibis bmbam bnben ' +
  'botib brbre bsbos cacat ceche chcha cocos crcre cscze cuchu cvchv cywel dadan deger dvdiv dzdzo eeewe elgre ' +
  'eneng eoepo esspa etest eubaq faper ffful fifin fjfij fofao frfre fyfry gagle gdgla glglg gngrn guguj gvglv ' +
  'hahau heheb hihin hohmo hrhrv hthat huhun hyarm hzher iaina idind ieile igibo iiiii ikipk ioido isice itita ' +
  'iuiku jajpn jvjav kageo kgkon kikik kjkua kkkaz klkal kmkhm knkan kokor krkau kskas kukur kvkom kwcor kykir ' +
  'lalat lbltz lglug lilim lnlin lolao ltlit lulub lvlav mgmlg mhmah mimao mkmac mlmal mnmon mrmar msmay mtmlt ' +
  'mybur nanau nbnob ndnde nenep ngndo nldut nnnno nonor nrnbl nvnav nynya ococi ojoji omorm orori ososs papan ' +
  'pipli plpol pspus ptpor quque rmroh rnrun rorum rurus rwkin sasan scsrd sdsnd sesme sgsag sisin skslo slslv ' +
  'smsmo snsna sosom sqalb srsrp ssssw stsot susun svswe swswa tatam tetel tgtgk ththa titir tktuk tntsn toton ' +
  'trtur tstso tttat twtwi tytah uguig ukukr ururd uzuzb veven vivie vovol wawln wowol xhxho yiyid yoyor zazha ' +
  'zhchi zuzul'

/** The code for a tag of BCP 47; `und` where there is none. */
export function threeLetters(tag: string | undefined): string {
  const language = tag?.split('-', 1)[0]?.toLowerCase() ?? ''
  if (language.length === 3) return language
  // Entries are six characters apart, and only their first two are asked for.
  for (let at = 0; language.length === 2 && at < codes.length; at += 6)
    if (codes.startsWith(language, at)) return codes.slice(at + 2, at + 5)
  return 'und'
}
