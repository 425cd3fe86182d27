/** Presentations: edit lists of assets, stored once and shown as manifests, without copying media. */
export { addPresentationRoutes, type PresentationPorts, presentationContents } from './routes.ts'
export { storedPresentations } from './source.ts'
