/** The door of the local CloudFront KeyValueStore. */
export {
  createKeyValueStores,
  type KeyValueStoreOptions,
  type KeyValueStores,
} from './key-value-store.ts'
