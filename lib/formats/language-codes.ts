/** Three letters for a language, as CTA and SCTE name it (ISO 639-2, its bibliographic codes where there are two). */

/** Codes that begin with the two letters they stand for. */
const alike =
  'aarabkafrakaamharaasmavaaymazebakbelbisbrecatchacoscredandzoengfinfreglggujhauhebhinhrvhuniiiitakik' +
  'korkurlatlimlubnaundenepnnonornyaociojioriosspanquerussansinslvsmosnasomsrpsswsunswatamteltgkthatir' +
  'tontsotwiukrurduzbvenvievolwolxhoyidyorzul'

/** Two letters, and the three of a code that begins otherwise. */
const others =
  'aeaveanargbgbulbmbambnbenbotibbsboscechecsczecuchucvchvcyweldegerdvdiveeeweelgreeoepoesspaetesteubaq' +
  'faperfffulfjfijfofaofyfrygaglegdglagngrngvglvhohmohthathyarmhzheriainaidindieileigiboikipkioidoisice' +
  'iuikujajpnjvjavkageokgkonkjkuakkkazklkalkmkhmknkankrkaukskaskvkomkwcorkykirlbltzlgluglnlinlolaoltlit' +
  'lvlavmgmlgmhmahmimaomkmacmlmalmnmonmrmarmsmaymtmltmyburnbnobngndonldutnrnblnvnavomormpipliplpolpspus' +
  'ptporrmrohrnrunrorumrwkinscsrdsdsndsesmesgsagskslosqalbstsotsvswetktuktntsntrturtttattytahuguigwawln' +
  'zazhazhchi'

/** The code for a tag of BCP 47; `und` where there is none. */
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
