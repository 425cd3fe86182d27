/** CloudFront KeyValueStore among the services: what CloudFront Functions read. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LocalError } from '../errors.ts'
import { optionalRecord, text } from '../json-input.ts'
import { account } from '../service.ts'
import type { ServiceModule } from '../service-module.ts'
import { ownName, uuid } from '../template/identity.ts'
import type { Identity, Resource, Subject, Template } from '../template/model.ts'
import { createKeyValueStores } from './key-value-store.ts'

export const keyValueStore: ServiceModule = {
  name: 'cloudfront-keyvaluestore',
  kinds: [{ type: 'AWS::CloudFront::KeyValueStore', here: 'runs', identify: store }],
  async open({ dataDir, authorize, faults, template }) {
    const path = join(dataDir, 'key-values.jsonl')
    const service = await createKeyValueStores({ path, authorize, faults })
    return {
      service,
      create: {
        'AWS::CloudFront::KeyValueStore': async (resource) =>
          service.createStore(
            resource.name,
            resource.attribute('Arn'),
            await importSource(template, resource),
          ),
      },
      offers: { keyValues: (arn) => service.values(arn) },
    }
  },
}

function store(subject: Subject): Identity {
  const id = uuid(subject)
  const arn = `arn:aws:cloudfront::${account}:key-value-store/${id}`
  return { name: ownName(subject, 'Name', 64), attributes: { Arn: arn, Id: id, Status: 'READY' } }
}

/** What a store is made with: a file of the assembly, as its import source names it in the assets bucket. */
async function importSource(template: Template, { properties, id }: Resource): Promise<string | undefined> {
  const source = optionalRecord(properties, 'ImportSource')
  if (source === undefined) return undefined
  const arn = text(source, 'SourceArn')
  const file = template.asset(arn.slice(arn.indexOf('/') + 1))
  if (file === undefined)
    throw new LocalError('LOCAL_ASSET', `${id}: expected an import source in this assembly, got ${arn}`)
  return readFile(file, 'utf8')
}
