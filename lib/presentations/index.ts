/** Presentations: edit lists of assets, stored once and delivered as manifests, without copying media. */
export {
  addPresentationRoutes,
  type PresentationPorts,
  presentationContents,
  presentationsShowing,
} from './routes.ts'
export { storedPresentations } from './source.ts'
