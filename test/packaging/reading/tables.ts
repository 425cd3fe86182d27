/** The tables as the template has them: `test/stack/tables.test.ts` sees that they are the same. */
const texts = (...names: readonly string[]) =>
  names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }))
const keys = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: 'HASH' },
  { AttributeName: range, KeyType: 'RANGE' },
]

export const indexTable = {
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: texts('pk', 'sk', 'kind', 'updatedAt'),
  KeySchema: keys('pk', 'sk'),
  StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  GlobalSecondaryIndexes: [
    { IndexName: 'byKind', KeySchema: keys('kind', 'updatedAt'), Projection: { ProjectionType: 'ALL' } },
  ],
}

export const rightsTable = {
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: texts('pk', 'sk'),
  KeySchema: keys('pk', 'sk'),
}
