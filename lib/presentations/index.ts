/** Presentations: edit lists of assets and channels, stored once and delivered as manifests, without copying media. */
export { presentationContents, presentationsShowing } from './contents.ts'
export { addPresentationRoutes, type PresentationPorts } from './routes.ts'
export { storedPresentations } from './source.ts'
