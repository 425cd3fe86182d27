/** XML, as far as manifests and keys need it. */
export { readXml } from './read.ts'
export {
  attributeOf,
  childOf,
  childrenOf,
  contentOf,
  isNode,
  localName,
  writeXml,
  type XmlNode,
} from './tree.ts'
