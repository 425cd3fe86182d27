import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSecrets, type Secrets } from '../../../local/secrets/index.ts'
import { AwsFault } from '../../../local/service.ts'
import { allow, clientOf, type Served, scratch, serve } from '../serve.ts'

describe('the local Secrets Manager', () => {
  let directory: Awaited<ReturnType<typeof scratch>>
  let path: string
  let secrets: Secrets
  let served: Served
  let client: SecretsManagerClient
  let nowMs: number
  let authorize: (action: string, resource: string) => void

  beforeEach(async () => {
    nowMs = Date.parse('2026-01-01')
    authorize = allow
    directory = await scratch()
    path = join(directory.path, 'secrets.jsonl')
    await open()
  })
  afterEach(async () => {
    await close()
    await directory.remove()
  })

  async function open() {
    secrets = await createSecrets({
      path,
      authorize: (_caller, action, resource) => authorize(action, resource),
      now: () => nowMs,
    })
    served = await serve(secrets)
    client = new SecretsManagerClient(clientOf(served.endpoint))
  }
  async function close() {
    client.destroy()
    await served.close()
    await secrets.close()
  }
  const create = (Name: string, SecretString: string) =>
    client.send(new CreateSecretCommand({ Name, SecretString }))
  const get = (SecretId: string, more: object = {}) =>
    client.send(new GetSecretValueCommand({ SecretId, ...more }))
  const put = (SecretId: string, SecretString: string, more: object = {}) =>
    client.send(new PutSecretValueCommand({ SecretId, SecretString, ...more }))

  const random = async (asked: object) =>
    (await client.send(new GetRandomPasswordCommand(asked))).RandomPassword ?? ''

  it('is found by name, ARN and the ARN without its six characters', async () => {
    const { ARN = '' } = await create('room/key', 'value')
    expect(ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:room\/key-[A-Za-z0-9]{6}$/)
    for (const id of ['room/key', ARN, ARN.slice(0, -7)]) {
      expect(await get(id)).toMatchObject({
        ARN,
        Name: 'room/key',
        SecretString: 'value',
        VersionStages: ['AWSCURRENT'],
      })
    }
    await expect(get('none')).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    await expect(create('room/key', 'other')).rejects.toMatchObject({ name: 'ResourceExistsException' })
  })

  it('keeps bytes', async () => {
    const SecretBinary = new Uint8Array([0, 1, 255])
    await client.send(new CreateSecretCommand({ Name: 'bytes', SecretBinary }))
    expect((await get('bytes')).SecretBinary).toEqual(SecretBinary)
  })

  it('makes what was current previous', async () => {
    await create('s', '1')
    await put('s', '2')
    await client.send(new UpdateSecretCommand({ SecretId: 's', SecretString: '3', Description: 'third' }))
    expect((await get('s')).SecretString).toBe('3')
    expect((await get('s', { VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('2')
    const { Versions } = await client.send(
      new ListSecretVersionIdsCommand({ SecretId: 's', IncludeDeprecated: true }),
    )
    expect(Versions?.map(({ VersionStages }) => VersionStages)).toEqual([[], ['AWSPREVIOUS'], ['AWSCURRENT']])
    expect(await client.send(new DescribeSecretCommand({ SecretId: 's' }))).toMatchObject({
      Description: 'third',
    })
  })

  it('rotates by a pending version whose label is moved', async () => {
    const { VersionId: first } = await create('s', 'old')
    const { VersionId: second } = await put('s', 'new', { VersionStages: ['AWSPENDING'] })
    expect((await get('s')).SecretString).toBe('old')
    expect((await get('s', { VersionStage: 'AWSPENDING' })).SecretString).toBe('new')
    const move = (RemoveFromVersionId?: string) =>
      client.send(
        new UpdateSecretVersionStageCommand({
          SecretId: 's',
          VersionStage: 'AWSCURRENT',
          MoveToVersionId: second,
          RemoveFromVersionId,
        }),
      )
    await expect(move()).rejects.toMatchObject({ name: 'InvalidParameterException' })
    await move(first)
    expect(await get('s')).toMatchObject({ SecretString: 'new', VersionStages: ['AWSPENDING', 'AWSCURRENT'] })
    expect((await get('s', { VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('old')
  })

  it('does a request once for its token', async () => {
    const ClientRequestToken = '11111111-2222-3333-4444-555555555555'
    await create('s', '1')
    await put('s', '2', { ClientRequestToken })
    await put('s', '3')
    await put('s', '2', { ClientRequestToken })
    expect((await get('s')).SecretString).toBe('3')
    await expect(put('s', 'other', { ClientRequestToken })).rejects.toMatchObject({
      name: 'ResourceExistsException',
    })
    expect((await get('s', { VersionId: ClientRequestToken })).SecretString).toBe('2')
  })

  it('deletes after the recovery window, and restores within', async () => {
    await create('s', '1')
    const { DeletionDate } = await client.send(
      new DeleteSecretCommand({ SecretId: 's', RecoveryWindowInDays: 7 }),
    )
    expect(DeletionDate?.getTime()).toBe(nowMs + 7 * 86_400_000)
    await expect(get('s')).rejects.toMatchObject({ name: 'InvalidRequestException' })
    await expect(create('s', '2')).rejects.toMatchObject({ name: 'InvalidRequestException' })
    expect((await client.send(new ListSecretsCommand({}))).SecretList).toEqual([])
    await client.send(new RestoreSecretCommand({ SecretId: 's' }))
    expect((await get('s')).SecretString).toBe('1')
    await client.send(new DeleteSecretCommand({ SecretId: 's' }))
    nowMs += 31 * 86_400_000
    await expect(get('s')).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    await create('s', 'again')
    await client.send(new DeleteSecretCommand({ SecretId: 's', ForceDeleteWithoutRecovery: true }))
    await expect(get('s')).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })

  it('makes passwords of the kinds asked for', async () => {
    expect(await random({})).toMatch(/^[!-~]{32}$/)
    expect(await random({ PasswordLength: 12, ExcludePunctuation: true })).toMatch(/^[A-Za-z0-9]{12}$/)
    expect(
      await random({
        PasswordLength: 64,
        ExcludeLowercase: true,
        ExcludePunctuation: true,
        ExcludeCharacters: '0O',
      }),
    ).toMatch(/^[A-NP-Z1-9]{64}$/)
    const four = await random({ PasswordLength: 4 })
    for (const kind of [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/]) expect(four).toMatch(kind)
    await expect(random({ PasswordLength: 3 })).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })

  it('refuses more than 64 KB', async () => {
    await create('s', 'x'.repeat(65_536))
    await expect(put('s', 'x'.repeat(65_537))).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })

  it('is made from CloudFormation properties once, and keeps what it generated', async () => {
    const properties = {
      Description: 'signs operator tokens',
      GenerateSecretString: {
        SecretStringTemplate: '{"user":"operator"}',
        GenerateStringKey: 'key',
        PasswordLength: 64,
        ExcludePunctuation: true,
      },
    }
    const given = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:operator-aB3dE6'
    const arn = await secrets.createSecret('operator', properties, given)
    expect(arn).toBe(given)
    const first = secrets.value(arn)
    expect(JSON.parse(first ?? '')).toMatchObject({
      user: 'operator',
      key: expect.stringMatching(/^[A-Za-z0-9]{64}$/),
    })
    await close()
    await open()
    expect(await secrets.createSecret('operator', properties)).toBe(arn)
    expect(secrets.value('operator')).toBe(first)
  })

  it('takes a new value from the template, but not the old one back over one put since', async () => {
    await secrets.createSecret('s', { SecretString: 'from the template' })
    await put('s', 'rotated')
    await secrets.createSecret('s', { SecretString: 'from the template' })
    expect(secrets.value('s')).toBe('rotated')
    await secrets.createSecret('s', { SecretString: 'from the next' })
    expect(secrets.value('s')).toBe('from the next')
  })

  it('that an earlier template named otherwise is found again by what its ARN ends in, with all it holds', async () => {
    const arn = (name: string) => `arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}-0a1b2c`
    const generate = { GenerateSecretString: { GenerateStringKey: 'key', SecretStringTemplate: '{}' } }
    await secrets.createSecret(
      'headend/operator',
      { Name: 'headend/operator', ...generate },
      arn('headend/operator'),
    )
    const before = secrets.value('headend/operator')
    expect(await secrets.createSecret('Headend-Operator', generate, arn('Headend-Operator'))).toBe(
      arn('Headend-Operator'),
    )
    expect(secrets.value(arn('Headend-Operator'))).toBe(before)
    expect(secrets.value('headend/operator')).toBeUndefined()
    await close()
    await open()
    expect(await secrets.createSecret('Headend-Operator', generate, arn('Headend-Operator'))).toBe(
      arn('Headend-Operator'),
    )
    expect(secrets.value('Headend-Operator')).toBe(before)
  })

  it('survives a restart in a file that only its owner may read', async () => {
    const { ARN = '' } = await create('s', '1')
    await put('s', '2')
    await close()
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    await open()
    expect(await get(ARN)).toMatchObject({ ARN, SecretString: '2' })
    expect((await get(ARN, { VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('1')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('asks for the permission on the ARN, before it says whether there is such a secret', async () => {
    const { ARN } = await create('s', '1')
    authorize = (action, resource) => {
      throw new AwsFault('AccessDenied', `${action} ${resource}`, 403)
    }
    await expect(get('s')).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `secretsmanager:GetSecretValue ${ARN}`,
    })
    await expect(get('none')).rejects.toMatchObject({ name: 'AccessDeniedException' })
  })
})
