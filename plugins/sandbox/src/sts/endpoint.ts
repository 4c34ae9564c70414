import {randomUUID} from 'node:crypto'
import type {IncomingMessage, ServerResponse} from 'node:http'
import {readBody} from '../http.ts'
import {interfere} from '../interference.ts'
import type {SandboxState} from '../state.ts'
import {assumeRole} from './assume-role.ts'
import {assumeRoleWithSaml} from './assume-role-with-saml.ts'
import {assumeRoleWithWebIdentity} from './assume-role-with-web-identity.ts'
import type {StsCall} from './call.ts'
import {StsError} from './errors.ts'
import {getCallerIdentity} from './get-caller-identity.ts'
import {errorXml, resultXml, type XmlMembers} from './xml.ts'

const version = '2011-06-15'

const actions: ReadonlyMap<string, (call: StsCall) => Promise<XmlMembers>> = new Map([
  ['AssumeRole', assumeRole],
  ['AssumeRoleWithSAML', assumeRoleWithSaml],
  ['AssumeRoleWithWebIdentity', assumeRoleWithWebIdentity],
  ['GetCallerIdentity', getCallerIdentity],
])

/** Answers one request to STS, always in XML. */
export async function handleSts(
  request: IncomingMessage,
  response: ServerResponse,
  state: SandboxState,
): Promise<void> {
  const body = await readBody(request)
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false
  const parameters = new URLSearchParams(request.method === 'POST' && isForm ? body.toString() : '')
  const action = parameters.get('Action') ?? undefined
  const fault = state.faults.take({on: 'sts', action})
  let outcome = await interfere(fault, response)
  if (outcome === undefined) {
    const requestId = randomUUID()
    response.setHeader('x-amzn-RequestId', requestId)
    try {
      if (fault?.error)
        throw new StsError(fault.error, fault.message ?? 'A fault of the sandbox.', statusOf(fault.error))
      const result = await perform({request, body, parameters, state})
      sendXml(response, 200, resultXml(action ?? '', result, requestId))
      outcome = 'ok'
    } catch (error) {
      if (!(error instanceof StsError)) throw error
      sendXml(response, error.status, errorXml(error.code, error.message, requestId, error.status))
      outcome = error.code
    }
  }
  state.journal.add({kind: 'sts', ...journalDetails(parameters), outcome})
}

async function perform(call: StsCall): Promise<XmlMembers> {
  const action = call.parameters.get('Action')
  if (action === null) throw new StsError('MissingAction', 'Could not find an action: none was sent in a form.')
  const handler = actions.get(action)
  const requested = call.parameters.get('Version') ?? 'NO_VERSION_SPECIFIED'
  if (!handler || requested !== version) {
    throw new StsError('InvalidAction', `Could not find operation ${action} for version ${requested}`)
  }
  return handler(call)
}

function journalDetails(parameters: URLSearchParams) {
  const action = parameters.get('Action')
  const arn = parameters.get('RoleArn')
  const duration = parameters.get('DurationSeconds')
  return {
    ...(action !== null && {action}),
    ...(arn !== null && {role: arn.replace(/^.*:role\//, '')}),
    ...(duration !== null && {durationSeconds: Number(duration)}),
  }
}

const statuses: ReadonlyMap<string, number> = new Map([
  ['AccessDenied', 403],
  ['ExpiredToken', 403],
  ['IDPRejectedClaim', 403],
  ['InvalidClientTokenId', 403],
  ['RegionDisabledException', 403],
  ['SignatureDoesNotMatch', 403],
  ['TooManyRequestsException', 429],
  ['InternalFailure', 500],
  ['RequestLimitExceeded', 503],
  ['ServiceUnavailable', 503],
])

/** The HTTP status that AWS sends with an error code, for codes that only faults use here. */
function statusOf(code: string): number {
  return statuses.get(code) ?? 400
}

function sendXml(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, {'Content-Type': 'text/xml'})
  response.end(xml)
}
