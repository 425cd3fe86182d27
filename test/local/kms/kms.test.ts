import { createHmac, createPublicKey, verify } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyPairCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GenerateMacCommand,
  GenerateRandomCommand,
  GetPublicKeyCommand,
  KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
  ReEncryptCommand,
  RevokeGrantCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  SignCommand,
  VerifyCommand,
  VerifyMacCommand,
} from '@aws-sdk/client-kms'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createKms, type Kms } from '../../../local/kms/index.ts'
import { type Authorize, AwsFault, type Caller } from '../../../local/service.ts'
import { allow, clientOf, type Served, scratch, serve } from '../serve.ts'

const roleArn = (role: string) => `arn:aws:iam::000000000000:role/${role}`

describe('the local KMS', () => {
  let directory: Awaited<ReturnType<typeof scratch>>
  let path: string
  let kms: Kms
  let served: Served
  let client: KMSClient
  let nowMs: number
  let authorize: Authorize
  let asked: { action: string; resource: string; context: unknown }[]

  beforeEach(async () => {
    nowMs = Date.parse('2026-01-01')
    authorize = allow
    asked = []
    directory = await scratch()
    path = join(directory.path, 'kms.jsonl')
    await open()
  })
  afterEach(async () => {
    await close()
    await directory.remove()
  })

  async function open(caller?: Caller) {
    kms = await createKms({
      path,
      authorize: (who, action, resource, context) => {
        asked.push({ action, resource, context })
        authorize(who, action, resource, context)
      },
      roleArn,
      now: () => nowMs,
    })
    served = await serve(kms, caller)
    client = new KMSClient(clientOf(served.endpoint))
  }
  async function close() {
    client.destroy()
    await served.close()
    await kms.close()
  }
  const make = async (more: CreateKeyCommandInput = {}): Promise<string> =>
    (await client.send(new CreateKeyCommand(more))).KeyMetadata?.KeyId ?? ''
  const film = { contentId: 'vod/film', kid: '00112233445566778899aabbccddeeff' }
  const dataKey = (KeyId: string, EncryptionContext = film) =>
    client.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_128', EncryptionContext }))
  const decrypt = (
    CiphertextBlob: Uint8Array | undefined,
    EncryptionContext: Record<string, string> = film,
  ) => client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }))

  it('gives a data key back for the same encryption context only', async () => {
    const key = await make()
    const made = await dataKey(key)
    expect(made.Plaintext).toHaveLength(16)
    expect((await decrypt(made.CiphertextBlob)).Plaintext).toEqual(made.Plaintext)
    // The order of a context's members says nothing.
    const turned = { kid: film.kid, contentId: film.contentId }
    expect((await decrypt(made.CiphertextBlob, turned)).Plaintext).toEqual(made.Plaintext)
    const others: Record<string, string>[] = [
      {},
      { ...film, kid: 'other' },
      { ...film, more: 'x' },
      { contentId: film.contentId },
    ]
    for (const other of others)
      await expect(decrypt(made.CiphertextBlob, other)).rejects.toMatchObject({
        name: 'InvalidCiphertextException',
      })
  })

  it('reads no blob that was changed anywhere', async () => {
    const made = await dataKey(await make())
    const blob = made.CiphertextBlob ?? new Uint8Array()
    for (let i = 0; i < blob.length; i++) {
      const changed = blob.slice()
      changed[i] = (changed[i] ?? 0) ^ 1
      // A blob that names another key is that key's, which is not there.
      const name = i >= 4 && i < 20 ? 'NotFoundException' : 'InvalidCiphertextException'
      await expect(decrypt(changed), `byte ${i}`).rejects.toMatchObject({ name })
    }
    await expect(decrypt(blob.subarray(0, 40))).rejects.toMatchObject({ name: 'InvalidCiphertextException' })
  })

  it('keeps keys over a restart and after a rotation, in a file of its owner', async () => {
    const key = await make()
    const before = await dataKey(key)
    await client.send(new RotateKeyOnDemandCommand({ KeyId: key }))
    const after = await dataKey(key)
    await close()
    await open()
    for (const made of [before, after])
      expect((await decrypt(made.CiphertextBlob)).Plaintext).toEqual(made.Plaintext)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const plain = Buffer.from(before.Plaintext ?? []).toString('base64')
    expect(await readFile(path, 'utf8')).not.toContain(plain)
  })

  it('asks for the permission with the context as condition keys', async () => {
    const key = await make()
    asked = []
    await dataKey(key)
    expect(asked).toEqual([
      {
        action: 'kms:GenerateDataKey',
        resource: `arn:aws:kms:us-east-1:000000000000:key/${key}`,
        context: {
          'kms:encryptioncontext:contentid': 'vod/film',
          'kms:encryptioncontext:kid': film.kid,
          'kms:encryptioncontextkeys': ['contentId', 'kid'],
        },
      },
    ])
  })

  it('tells a stranger nothing of a key, and lets a grant serve whom no policy does', async () => {
    const key = await make()
    const made = await dataKey(key)
    const grant = await client.send(
      new CreateGrantCommand({
        KeyId: key,
        GranteePrincipal: roleArn('Packager'),
        Operations: ['Decrypt'],
        Constraints: { EncryptionContextSubset: { contentId: 'vod/film' } },
      }),
    )
    await close()
    authorize = () => {
      throw new AwsFault('AccessDenied', 'no', 403)
    }
    await open({ kind: 'role', role: 'Packager' })
    expect((await decrypt(made.CiphertextBlob)).Plaintext).toEqual(made.Plaintext)
    await expect(dataKey(key)).rejects.toMatchObject({ name: 'AccessDeniedException' })
    await expect(dataKey('11111111-1111-1111-1111-111111111111')).rejects.toMatchObject({
      name: 'AccessDeniedException',
    })
    await close()
    await open({ kind: 'role', role: 'Other' })
    await expect(decrypt(made.CiphertextBlob)).rejects.toMatchObject({ name: 'AccessDeniedException' })
    await close()
    authorize = allow
    await open()
    await client.send(new RevokeGrantCommand({ KeyId: key, GrantId: grant.GrantId }))
    await close()
    authorize = () => {
      throw new AwsFault('AccessDenied', 'no', 403)
    }
    await open({ kind: 'role', role: 'Packager' })
    await expect(decrypt(made.CiphertextBlob)).rejects.toMatchObject({ name: 'AccessDeniedException' })
  })

  it('re-encrypts under another key, with permissions on both', async () => {
    const [from, to] = [await make(), await make()]
    const made = await dataKey(from)
    asked = []
    const again = await client.send(
      new ReEncryptCommand({
        CiphertextBlob: made.CiphertextBlob,
        SourceEncryptionContext: film,
        DestinationKeyId: to,
        DestinationEncryptionContext: { moved: 'yes' },
      }),
    )
    expect(asked.map(({ action }) => action)).toEqual(['kms:ReEncryptFrom', 'kms:ReEncryptTo'])
    expect((await decrypt(again.CiphertextBlob, { moved: 'yes' })).Plaintext).toEqual(made.Plaintext)
    await expect(
      client.send(
        new DecryptCommand({
          KeyId: from,
          CiphertextBlob: again.CiphertextBlob,
          EncryptionContext: { moved: 'yes' },
        }),
      ),
    ).rejects.toMatchObject({ name: 'IncorrectKeyException' })
  })

  it.each([
    ['ECC_NIST_P256', 'ECDSA_SHA_256', 'sha256'],
    ['ECC_NIST_P384', 'ECDSA_SHA_384', 'sha384'],
    ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_256', 'sha256'],
  ] as const)('signs with %s so that node:crypto verifies it', async (KeySpec, SigningAlgorithm, hash) => {
    const KeyId = await make({ KeySpec, KeyUsage: 'SIGN_VERIFY' })
    const Message = Buffer.from('a playback token')
    const { Signature } = await client.send(new SignCommand({ KeyId, Message, SigningAlgorithm }))
    const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId }))
    const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), type: 'spki', format: 'der' })
    expect(verify(hash, Message, key, Buffer.from(Signature ?? []))).toBe(true)
    const proof = { KeyId, SigningAlgorithm, Signature }
    expect(await client.send(new VerifyCommand({ ...proof, Message }))).toMatchObject({
      SignatureValid: true,
    })
    await expect(
      client.send(new VerifyCommand({ ...proof, Message: Buffer.from('another') })),
    ).rejects.toMatchObject({ name: 'KMSInvalidSignatureException' })
    await expect(dataKey(KeyId)).rejects.toMatchObject({ name: 'InvalidKeyUsageException' })
  })

  it('makes MACs and key pairs', async () => {
    const KeyId = await make({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
    const input = { KeyId, Message: Buffer.from('x'), MacAlgorithm: 'HMAC_SHA_256' } as const
    const { Mac } = await client.send(new GenerateMacCommand(input))
    expect(Mac).toHaveLength(createHmac('sha256', 'k').digest().length)
    expect(await client.send(new VerifyMacCommand({ ...input, Mac }))).toMatchObject({ MacValid: true })
    await expect(
      client.send(new VerifyMacCommand({ ...input, Mac: Buffer.alloc(32) })),
    ).rejects.toMatchObject({ name: 'KMSInvalidMacException' })
    const pair = await client.send(
      new GenerateDataKeyPairCommand({
        KeyId: await make(),
        KeyPairSpec: 'ECC_NIST_P256',
        EncryptionContext: film,
      }),
    )
    expect((await decrypt(pair.PrivateKeyCiphertextBlob)).Plaintext).toEqual(pair.PrivateKeyPlaintext)
  })

  it('encrypts small things with RSA, too', async () => {
    const KeyId = await make({ KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' })
    const EncryptionAlgorithm = 'RSAES_OAEP_SHA_256'
    const Plaintext = Buffer.from('a content key')
    const { CiphertextBlob } = await client.send(
      new EncryptCommand({ KeyId, Plaintext, EncryptionAlgorithm }),
    )
    const opened = await client.send(new DecryptCommand({ KeyId, CiphertextBlob, EncryptionAlgorithm }))
    expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('a content key')
  })

  it('does nothing with a key that is disabled or about to be deleted', async () => {
    const KeyId = await make()
    const made = await dataKey(KeyId)
    await client.send(new DisableKeyCommand({ KeyId }))
    await expect(decrypt(made.CiphertextBlob)).rejects.toMatchObject({ name: 'DisabledException' })
    await client.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }))
    await expect(decrypt(made.CiphertextBlob)).rejects.toMatchObject({ name: 'KMSInvalidStateException' })
    await client.send(new CancelKeyDeletionCommand({ KeyId }))
    await client.send(new EnableKeyCommand({ KeyId }))
    expect((await decrypt(made.CiphertextBlob)).Plaintext).toEqual(made.Plaintext)
    await client.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }))
    nowMs += 8 * 24 * 60 * 60 * 1000
    await expect(decrypt(made.CiphertextBlob)).rejects.toMatchObject({ name: 'NotFoundException' })
  })

  it('knows keys by id, ARN and alias, and lists them by pages', async () => {
    const KeyId = await make({ Description: 'content keys' })
    await client.send(new CreateAliasCommand({ AliasName: 'alias/content', TargetKeyId: KeyId }))
    for (const name of [KeyId, `arn:aws:kms:us-east-1:000000000000:key/${KeyId}`, 'alias/content'])
      expect((await client.send(new DescribeKeyCommand({ KeyId: name }))).KeyMetadata).toMatchObject({
        KeyId,
        Description: 'content keys',
        KeyState: 'Enabled',
      })
    await expect(client.send(new DescribeKeyCommand({ KeyId: 'alias/none' }))).rejects.toMatchObject({
      name: 'NotFoundException',
    })
    await make()
    const first = await client.send(new ListKeysCommand({ Limit: 1 }))
    const second = await client.send(new ListKeysCommand({ Limit: 1, Marker: first.NextMarker }))
    expect([first.Truncated, second.Truncated]).toEqual([true, false])
    expect(new Set([...(first.Keys ?? []), ...(second.Keys ?? [])].map((one) => one.KeyId)).size).toBe(2)
    expect((await client.send(new ListAliasesCommand({ KeyId }))).Aliases).toHaveLength(1)
  })

  it('makes a template key once, whatever its properties say later', async () => {
    await kms.createKey('22222222-2222-2222-2222-222222222222', { Description: 'one' })
    await kms.createAlias('alias/one', '22222222-2222-2222-2222-222222222222')
    const made = await dataKey('alias/one')
    await kms.createKey('22222222-2222-2222-2222-222222222222', {
      Description: 'two',
      EnableKeyRotation: true,
    })
    expect((await decrypt(made.CiphertextBlob)).Plaintext).toEqual(made.Plaintext)
  })

  it('checks what it is given', async () => {
    const KeyId = await make()
    await expect(client.send(new GenerateDataKeyCommand({ KeyId }))).rejects.toMatchObject({
      name: 'ValidationException',
    })
    await expect(
      client.send(new EncryptCommand({ KeyId, Plaintext: Buffer.alloc(4097) })),
    ).rejects.toMatchObject({ name: 'ValidationException' })
    await expect(make({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'ENCRYPT_DECRYPT' })).rejects.toMatchObject({
      name: 'ValidationException',
    })
    expect((await client.send(new GenerateRandomCommand({ NumberOfBytes: 12 }))).Plaintext).toHaveLength(12)
    const hidden = await client.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId, NumberOfBytes: 64 }))
    expect((await decrypt(hidden.CiphertextBlob, {})).Plaintext).toHaveLength(64)
  })
})
