import type {MovableClock} from './dependencies.ts'

/** AWS STS as a function: answers in AWS's own XML, by its own clock. */
export interface Sts {
  readonly fetch: typeof globalThis.fetch
  /** How far its clock is ahead of the machine's. */
  aheadMilliseconds: number
  /** How long an answer takes. */
  milliseconds: number
  /** How long sessions last; `undefined` for the requested duration. */
  givenSeconds: number | undefined
  /** The longest session of any role. */
  longestSeconds: number
  /** Code and message of a refusal, which all requests get until it is unset. */
  refusal: readonly [code: string, message: string] | undefined
  /** The parameters of each request. */
  readonly requests: URLSearchParams[]
  /** The access key that signed each request, if any. */
  readonly signedWith: (string | undefined)[]
}

export function makeSts(clock: MovableClock): Sts {
  let number = 0

  const sts: Sts = {
    aheadMilliseconds: 0,
    milliseconds: 0,
    givenSeconds: undefined,
    longestSeconds: 43_200,
    refusal: undefined,
    requests: [],
    signedWith: [],
    async fetch(_url, init) {
      const parameters = new URLSearchParams(String(init?.body))
      sts.requests.push(parameters)
      sts.signedWith.push(/Credential=(\w+)\//.exec(new Headers(init?.headers).get('authorization') ?? '')?.[1])
      clock.advance(sts.milliseconds)
      init?.signal?.throwIfAborted()
      const seconds = Number(parameters.get('DurationSeconds'))
      if (sts.refusal) return errorAnswer(...sts.refusal)
      if (seconds > sts.longestSeconds) {
        return errorAnswer(
          'ValidationError',
          'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
        )
      }
      const end = new Date(clock.now().getTime() + sts.aheadMilliseconds + (sts.givenSeconds ?? seconds) * 1000)
      return credentialsAnswer(parameters, ++number, end)
    },
  }
  return sts
}

function credentialsAnswer(parameters: URLSearchParams, number: number, expiration: Date): Response {
  const action = parameters.get('Action')
  const [account, name] = /(\d{12}):role\/(.*)/.exec(parameters.get('RoleArn') ?? '')?.slice(1) ?? []
  return xml(
    200,
    `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>
      <Credentials>
        <AccessKeyId>ASIA${String(number).padStart(16, '0')}</AccessKeyId>
        <SecretAccessKey>secret-of-the-credentials-${number}</SecretAccessKey>
        <SessionToken>session-token-of-the-credentials-${number}</SessionToken>
        <Expiration>${expiration.toISOString()}</Expiration>
      </Credentials>
      <AssumedRoleUser>
        <Arn>arn:aws:sts::${account}:assumed-role/${name}/${parameters.get('RoleSessionName')}</Arn>
        <AssumedRoleId>AROA:somebody</AssumedRoleId>
      </AssumedRoleUser>
    </${action}Result></${action}Response>`,
  )
}

function errorAnswer(code: string, message: string): Response {
  return xml(
    400,
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
      <Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>
      <RequestId>1</RequestId>
    </ErrorResponse>`,
  )
}

function xml(status: number, text: string): Response {
  return new Response(text, {status, headers: {'content-type': 'text/xml'}})
}
