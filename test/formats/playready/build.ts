/** PlayReady's messages as its clients write them, with places for what they should not (MS-DRM, licence acquisition). */
import { guidText } from '../../../lib/formats/pssh/index.ts'

const soap = 'http://schemas.xmlsoap.org/soap/envelope/'
const protocols = 'http://schemas.microsoft.com/DRM/2007/03/protocols'
const headerName = 'http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader'

/** A key id in base64, the bytes in the order of a GUID; of 32 hex digits. */
export const guid = (kid: string): string => guidText(kid.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'))

/** WRMHEADER of a version; `data` stands behind the keys. */
export function header(minor: 0 | 1 | 2 | 3, kids: readonly string[], data = ''): string {
  const listed = kids.map((kid) => `<KID ALGID="AESCTR" VALUE="${guid(kid)}"></KID>`).join('')
  const keys = [
    `<PROTECTINFO><KEYLEN>16</KEYLEN><ALGID>AESCTR</ALGID></PROTECTINFO>${kids.map((kid) => `<KID>${guid(kid)}</KID>`).join('')}`,
    `<PROTECTINFO>${listed}</PROTECTINFO>`,
    `<PROTECTINFO><KIDS>${listed}</KIDS></PROTECTINFO>`,
    `<PROTECTINFO LICENSEREQUESTED="true"><KIDS>${listed}</KIDS></PROTECTINFO>`,
  ][minor]
  return `<WRMHEADER xmlns="${headerName}" version="4.${minor}.0.0"><DATA>${keys}${data}</DATA></WRMHEADER>`
}

/** AcquireLicense around headers; `more` stands beside them. */
export const acquire = (inHeader: string, more = ''): string =>
  envelope(
    'AcquireLicense',
    `<challenge><Challenge xmlns="${protocols}/messages"><LA xmlns="${protocols}" Id="SignedData" xml:space="preserve">` +
      `<Version>1</Version><ContentHeader>${inHeader}</ContentHeader>${more}<CLIENTINFO><CLIENTVERSION>10.0.16384.10011</CLIENTVERSION></CLIENTINFO>` +
      '<LicenseNonce>QUJDREVGR0hJSktMTU5PUA==</LicenseNonce><ClientTime>1800000000</ClientTime>' +
      '<EncryptedData xmlns="http://www.w3.org/2001/04/xmlenc#"><CipherData><CipherValue>AAECAwQFBgcICQoLDA0ODw==</CipherValue></CipherData></EncryptedData>' +
      `</LA><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignatureValue>AAEC</SignatureValue></Signature></Challenge></challenge>`,
  )

/** An operation in its envelope. */
export const envelope = (operation: string, inside = ''): string =>
  `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="${soap}"><soap:Body>` +
  `<${operation} xmlns="${protocols}">${inside}</${operation}></soap:Body></soap:Envelope>`

/** UTF-16 with its mark or without, the declaration made to fit. */
export function utf16(text: string, { isBig = false, hasMark = true } = {}): Buffer {
  const fitting = text.replace('encoding="utf-8"', 'encoding="utf-16"')
  const bytes = Buffer.from(`${hasMark ? '\ufeff' : ''}${fitting}`, 'utf16le')
  return isBig ? bytes.swap16() : bytes
}
