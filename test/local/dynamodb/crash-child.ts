/** Writes films without end, single and in transactions, and prints each when it is acknowledged. */
import { createDynamoDb } from '../../../local/dynamodb/index.ts'
import { films } from './films.ts'

const person = { kind: 'person' } as const
const dynamoDb = await createDynamoDb({ path: process.argv[2] ?? '', authorize: () => undefined })
await dynamoDb.createTable('films', films)

const item = (pk: string, n: number) => ({
  pk: { S: pk },
  sk: { S: '1' },
  kind: { S: 'film' },
  at: { N: String(n) },
})

for (let n = 0; ; n += 8) {
  await Promise.all(
    Array.from({ length: 8 }, async (_, lane) => {
      const id = n + lane
      if (lane % 2 === 0) {
        await dynamoDb.call('PutItem', { TableName: 'films', Item: item(`one-${id}`, id) }, person)
      } else {
        const Put = (side: string) => ({ Put: { TableName: 'films', Item: item(`${side}-${id}`, id) } })
        await dynamoDb.call('TransactWriteItems', { TransactItems: [Put('left'), Put('right')] }, person)
      }
      process.stdout.write(`${id}\n`)
    }),
  )
}
