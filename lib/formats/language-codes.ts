/** Three-letter language codes for CTA and SCTE (ISO 639-2, bibliographic codes where there are two). */

/** Codes that begin with the two-letter code. */
const alike =
  'aarabkafrakaamharaasmavaaymazebakbelbisbrecatchacoscredandzoengfinfreglggujhauhebhinhrvhuniiiitakik' +
  'korkurlatlimlubnaundenepnnonornyaociojioriosspanquerussansinslvsmosnasomsrpsswsunswatamteltgkthatir' +
  'tontsotwiukrurduzbvenvievolwolxhoyidyorzul'

/** Two-letter codes, each followed by a three-letter code that begins otherwise. */
const others =
  'aeaveanargbgbulbmbambnbenbotibbsboscechecsczecuchucvchvcyweldegerdvdiveeeweelgreeoepoesspaetesteubaq' +
  'faperfffulfjfijfofaofyfrygaglegdglagngrngvglvhohmohthathyarmhzheriainaidindieileigiboikipkioidoisice' +
  'iuikujajpnjvjavkageokgkonkjkuakkkazklkalkmkhmknkankrkaukskaskvkomkwcorkykirlbltzlgluglnlinlolaoltlit' +
  'lvlavmgmlgmhmahmimaomkmacmlmalmnmonmrmarmsmaymtmltmyburnbnobngndonldutnrnblnvnavomormpipliplpolpspus' +
  'ptporrmrohrnrunrorumrwkinscsrdsdsndsesmesgsagskslosqalbstsotsvswetktuktntsntrturtttattytahuguigwawln' +
  'zazhazhchi'

/** The code for a BCP 47 tag; `und` if there is none. */
export function threeLetters(tag: string | undefined): string {
  const language = tag?.split('-', 1)[0]?.toLowerCase() ?? ''
  if (language.length === 3) return language
  if (language.length !== 2) return 'und'
  for (let at = 0; at < alike.length; at += 3)
    if (alike.startsWith(language, at)) return alike.slice(at, at + 3)
  for (let at = 0; at < others.length; at += 5)
    if (others.startsWith(language, at)) return others.slice(at + 2, at + 5)
  return 'und'
}
