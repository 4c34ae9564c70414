import * as sdk from '@aws-sdk/client-sts'
import {assumeRole, assumeRoleWithSaml, assumeRoleWithWebIdentity, getCallerIdentity} from '../../src/aws/sts.ts'
import type {StsAction, StsTransport} from '../../src/aws/sts-request.ts'
import type {AwsCredentials} from '../../src/plugin.ts'
import type {Dice} from './dice.ts'

export interface Play {
  readonly credentials: AwsCredentials
  readonly answer: string
  theirs(client: sdk.STSClient): Promise<unknown>
  ours(sts: StsTransport): Promise<unknown>
}

/** One call with random input, made by the SDK and by us, and its answer. */
export function playFor(action: StsAction, dice: Dice): Play {
  const credentials = {
    accessKeyId: `ASIA${textOf(dice, 16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`,
    secretAccessKey: textOf(dice, 40, base64),
    sessionToken: textOf(dice, dice.between(10, 900), base64),
    expiration: new Date(Date.UTC(2030, dice.between(0, 11), dice.between(1, 28), dice.between(0, 23))),
  }
  const name = textOf(dice, dice.between(1, 40), 'abcXYZ019+=,.@-_')
  const role = {accountId: '123456789012', name, arn: `arn:aws:iam::123456789012:role/${dice.one(['', 'a/b/'])}${name}`}
  const sessionName = textOf(dice, dice.between(2, 64), 'abcXYZ019+=,.@-_')
  const durationSeconds = dice.between(900, 43_200)
  const policy = dice.chance(0.5) ? wildText(dice) : undefined
  const policyArns = maybeList(dice, () => `arn:aws:iam::aws:policy/${textOf(dice, 8, 'abcXYZ/+=,.@-_')}`)
  const limits = {durationSeconds, policy, policyArns}
  const input = {
    RoleArn: role.arn,
    DurationSeconds: durationSeconds,
    Policy: policy,
    PolicyArns: policyArns?.map(arn => ({arn})),
  }
  const proof = wildText(dice)
  const assumed = `arn:aws:sts::123456789012:assumed-role/${name}/${sessionName}`
  const rest = {credentials, answer: credentialsXml(action, credentials, assumed)}
  switch (action) {
    case 'AssumeRole': {
      const tags = maybeList(dice, () => [wildText(dice), wildText(dice)] as const)
      const transitiveTags = maybeList(dice, () => wildText(dice))
      const externalId = dice.chance(0.5) ? wildText(dice) : undefined
      const sourceIdentity = dice.chance(0.5) ? sessionName : undefined
      const command = new sdk.AssumeRoleCommand({
        ...input,
        RoleSessionName: sessionName,
        Tags: tags && Object.entries(Object.fromEntries(tags)).map(([Key, Value]) => ({Key, Value})),
        TransitiveTagKeys: transitiveTags && [...transitiveTags],
        ExternalId: externalId,
        SourceIdentity: sourceIdentity,
      })
      const request = {...limits, role, sessionName, externalId, transitiveTags, sourceIdentity}
      return {
        ...rest,
        theirs: async client => credentialsOf(await client.send(command)),
        ours: sts => assumeRole({...request, tags: tags && Object.fromEntries(tags)}, credentials, sts),
      }
    }
    case 'AssumeRoleWithSAML': {
      const principalArn = `arn:aws:iam::123456789012:saml-provider/${textOf(dice, 12, 'abcXYZ019._-')}`
      const command = new sdk.AssumeRoleWithSAMLCommand({...input, PrincipalArn: principalArn, SAMLAssertion: proof})
      return {
        ...rest,
        theirs: async client => credentialsOf(await client.send(command)),
        ours: sts => assumeRoleWithSaml({...limits, role: {...role, principalArn}}, proof, sts),
      }
    }
    case 'AssumeRoleWithWebIdentity': {
      const command = new sdk.AssumeRoleWithWebIdentityCommand({
        ...input,
        RoleSessionName: sessionName,
        WebIdentityToken: proof,
      })
      return {
        ...rest,
        theirs: async client => credentialsOf(await client.send(command)),
        ours: sts => assumeRoleWithWebIdentity({...limits, role, sessionName}, proof, sts),
      }
    }
    case 'GetCallerIdentity': {
      const userId = `AROA:${wildText(dice).replace(/\s/g, '')}`
      const text = `<Arn>${assumed}</Arn><UserId>${escaped(userId)}</UserId><Account>123456789012</Account>`
      return {
        credentials,
        answer: resultXml(action, text),
        theirs: async client => {
          const {Account: account, Arn: arn, UserId} = await client.send(new sdk.GetCallerIdentityCommand({}))
          return {account, arn, userId: UserId}
        },
        ours: sts => getCallerIdentity(credentials, sts),
      }
    }
  }
}

function credentialsOf({Credentials: found}: {readonly Credentials?: sdk.Credentials | undefined}): unknown {
  return {
    accessKeyId: found?.AccessKeyId,
    secretAccessKey: found?.SecretAccessKey,
    sessionToken: found?.SessionToken,
    expiration: found?.Expiration,
  }
}

const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/='
const wild = [...'aZ09 \t\n+/=&%?#!\'()*~-_.,:;<>[]{}|\\"^`@$äß漢字🦊\u00a0\u2028']

function wildText(dice: Dice): string {
  return Array.from({length: dice.between(1, 30)}, () => wild[dice.between(0, wild.length - 1)]).join('')
}

function textOf(dice: Dice, length: number, letters: string): string {
  return Array.from({length}, () => letters[dice.between(0, letters.length - 1)]).join('')
}

function maybeList<Item>(dice: Dice, item: () => Item): readonly Item[] | undefined {
  return dice.chance(0.5) ? Array.from({length: dice.between(1, 5)}, item) : undefined
}

function credentialsXml(action: string, credentials: AwsCredentials, arn: string): string {
  const {accessKeyId, secretAccessKey, sessionToken, expiration} = credentials
  return resultXml(
    action,
    `<Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey>
    <SessionToken>${sessionToken}</SessionToken><Expiration>${expiration.toISOString()}</Expiration></Credentials>
    <AssumedRoleUser><AssumedRoleId>AROA:x</AssumedRoleId><Arn>${arn}</Arn></AssumedRoleUser>`,
  )
}

function resultXml(action: string, text: string): string {
  return `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${text}</${action}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${action}Response>`
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, letter => `&#${letter.charCodeAt(0)};`)
}
