/** SCTE 35: ad markers and programme boundaries, as sections, JSON and XML. */

export { describeSection } from './describe.ts'
export { sectionJson, sectionOfJson } from './json.ts'
export { eventsOf, type SpliceEvent, type SpliceInstant } from './meaning.ts'
export { readSpliceInfoSection, type SpliceInfoSection, writeSpliceInfoSection } from './section.ts'
export { sectionOfText } from './text.ts'
export { eventXml, eventXmlBin, sectionXml } from './xml/print.ts'
export { sectionOfNode, sectionOfXml } from './xml/read.ts'
