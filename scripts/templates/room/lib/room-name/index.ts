/** Room name: entries that an operator keeps, and when each was last seen, as its queue tells. */
export { recordReady } from './record-ready.ts'
export { recordSeen } from './record-seen.ts'
export { addRoomNameRoutes } from './routes.ts'
