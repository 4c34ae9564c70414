import {createServer, type IncomingHttpHeaders, type Server} from 'node:http'
import * as sdk from '@aws-sdk/client-sts'
import {isThrottlingError, isTransientError, StandardRetryStrategy} from '@smithy/core/retry'
import {expect} from 'chai'
import type {StsTransport} from '../../src/aws/sts-request.ts'
import {systemNetwork} from '../../src/outside/network/network.ts'
import type {AwsCredentials} from '../../src/plugin.ts'
import {movableClock} from '../support/dependencies.ts'
import {diceFrom} from '../support/dice.ts'
import {listening} from '../support/ports.ts'
import {seedsOf, usually} from '../support/rounds.ts'
import {playFor} from '../support/sts-plays.ts'

interface Sent {
  readonly body: string
  readonly headers: IncomingHttpHeaders
}

interface Answer {
  readonly status: number
  readonly text: string
}

// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html, and some that any service answers.
const unmodelled = [
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'RequestTimeout',
  'RequestTimeoutException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
  'AccessDenied',
  'ValidationError',
  'InvalidClientTokenId',
  'InternalFailure',
  'ServiceUnavailable',
  'Unheard',
]

const roundsOfEach = 50
const actions = ['AssumeRole', 'AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity', 'GetCallerIdentity'] as const

describe("our requests to STS, beside those of AWS's own SDK", () => {
  let server: Server
  let endpoint: URL
  let answer: Answer
  let sent: Sent[]

  before(async () => {
    server = createServer((request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', text => {
        body += text
      })
      request.once('end', () => {
        sent.push({body, headers: request.headers})
        const {status, text} = answer
        // Without a Date the SDK has no other clock to follow than the machine's.
        response.sendDate = false
        response.writeHead(status, {'content-type': 'text/xml'}).end(text)
      })
    })
    endpoint = new URL(`http://127.0.0.1:${await listening(server)}`)
  })
  beforeEach(() => {
    sent = []
  })
  after(async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  })

  const network = systemNetwork({env: {}, clock: movableClock(), signal: new AbortController().signal})

  function partsAt(now: Date): StsTransport {
    return {
      endpoint: {url: endpoint, region: 'eu-central-1', aws: false},
      fetch: network.fetchOnce,
      now: () => now,
      sleep: async () => undefined,
      offset: () => 0,
    }
  }

  function clientFor(credentials: AwsCredentials, maxAttempts: number): sdk.STSClient {
    const client = new sdk.STSClient({
      endpoint: endpoint.href,
      region: 'eu-central-1',
      credentials,
      retryStrategy: new StandardRetryStrategy({
        maxAttempts,
        backoff: {computeNextBackoffDelay: () => 0, setDelayBase: () => undefined},
      }),
    })
    client.middlewareStack.addRelativeTo(withoutSelfPraise, {
      relation: 'before',
      toMiddleware: 'httpSigningMiddleware',
    })
    return client
  }

  for (const action of actions) {
    it(`are identical except for the user agent, and their answers are read alike: ${action}`, async () => {
      for (const seed of seedsOf(usually(roundsOfEach))) {
        sent = []
        const play = playFor(action, diceFrom(seed))
        answer = {status: 200, text: play.answer}
        const client = clientFor(play.credentials, 1)
        const theirs = await play.theirs(client)
        client.destroy()
        const ours = await play.ours(partsAt(signingDate(sent[0]?.headers)))
        const [first, second] = sent.map(asComparable)
        expect(second, `seed ${seed}`).to.deep.equal(first)
        expect(ours, `seed ${seed}`).to.deep.equal(theirs)
      }
    })
  }

  const modelled = Object.values(sdk).flatMap(value =>
    typeof value === 'function' && value.prototype instanceof sdk.STSServiceException ? [value.name] : [],
  )
  const codes = [...modelled.flatMap(name => [name, name.replace(/Exception$/, '')]), ...unmodelled]

  it('are repeated after the same errors, as often', async () => {
    expect(modelled).to.include('IDPCommunicationErrorException').and.have.length.greaterThan(10)
    const play = playFor('AssumeRoleWithWebIdentity', diceFrom(1))
    for (const code of codes) {
      for (const status of [400, 429, 500, 503]) {
        answer = {status, text: errorXml(code)}
        sent = []
        const client = clientFor(play.credentials, 3)
        const [theirs] = await Promise.allSettled([play.theirs(client)])
        client.destroy()
        const theirCount = sent.length
        sent = []
        const [ours] = await Promise.allSettled([play.ours(partsAt(new Date()))])
        const label = `${code} (HTTP ${status})`
        expect(sent.length, label).to.equal(theirCount)
        if (theirs.status !== 'rejected' || ours.status !== 'rejected') throw new Error(`${label} was no error`)
        const passing = isThrottlingError(theirs.reason) || isTransientError(theirs.reason)
        expect(ours.reason, label).to.have.property('code', passing ? 'UNAVAILABLE' : 'AWS_REFUSED')
      }
    }
  })
})

/** Removes what the SDK says of itself before it signs, so that even the signatures must be equal. */
function withoutSelfPraise<Args extends object, Result>(next: (args: Args) => Promise<Result>) {
  return async (args: Args) => {
    if ('request' in args && isRequest(args.request)) {
      for (const name of ['amz-sdk-invocation-id', 'amz-sdk-request', 'x-amz-user-agent']) {
        delete args.request.headers[name]
      }
    }
    return next(args)
  }
}

function isRequest(value: unknown): value is {headers: Record<string, string>} {
  return typeof value === 'object' && value !== null && 'headers' in value
}

/** The one that the SDK signed with; whole seconds, as signatures have them. */
function signingDate(headers: IncomingHttpHeaders | undefined): Date {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(headers?.['x-amz-date'])) ?? []
  if (parts.length === 0) return new Date()
  const [year, month, day, hours, minutes, seconds] = parts
  return new Date(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`)
}

/** Which connection it came on is no part of a request. */
function asComparable({body, headers}: Sent): Sent {
  const {'user-agent': _agent, connection: _connection, ...rest} = headers
  return {body, headers: rest}
}

function errorXml(code: string): string {
  return `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>Refused.</Message></Error><RequestId>1</RequestId></ErrorResponse>`
}
