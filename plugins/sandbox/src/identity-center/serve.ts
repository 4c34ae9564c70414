import {randomUUID} from 'node:crypto'
import type {IncomingMessage, ServerResponse} from 'node:http'
import {readBody} from '../http.ts'
import {interfere} from '../interference.ts'
import {type JsonObject, merged} from '../json.ts'
import type {SandboxState} from '../state.ts'
import {type Call, type Notes, Redirect} from './call.ts'
import {invalidRequest, ServiceError} from './errors.ts'
import {readInput} from './input.ts'

/** `undefined` is an answer without a body. */
type Answer = JsonObject | Redirect | undefined

export interface Operation {
  /** The name in AWS's model. */
  readonly name: string
  perform(call: Call): Answer
}

export interface Service {
  readonly kind: 'sso-oidc' | 'sso'
  /** Where the service's exceptions are declared, for the header that names one. */
  readonly namespace: string
  /** By method and path. */
  readonly operations: ReadonlyMap<string, Operation>
  /** Throws for a request too many. */
  admit?(state: SandboxState): void
  refusal(error: ServiceError): {readonly status: number; readonly body: JsonObject}
}

/** Answers a request for `path` of the service, as the ordered faults want it, and journals it. */
export async function serve(
  service: Service,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  state: SandboxState,
): Promise<void> {
  const input = readInput(await readBody(request))
  const operation = service.operations.get(`${request.method} ${path}`)
  const action = operation?.name
  const notes: Notes = typeof input?.grantType === 'string' ? {grant: input.grantType} : {}
  const fault = state.faults.take({on: service.kind, action, grant: notes.grant})
  let outcome = await interfere(fault, response)
  if (outcome === undefined) {
    response.setHeader('x-amzn-RequestId', randomUUID())
    const change = fault?.change ?? {}
    try {
      if (fault?.error) throw new ServiceError(fault.error, fault.message ?? 'A fault of the sandbox.')
      service.admit?.(state)
      if (!operation) throw new ServiceError('UnknownOperationException', 'There is no such operation.')
      if (!input) throw invalidRequest('The body is not a JSON object.')
      const query = new URL(request.url ?? '/', 'http://127.0.0.1').searchParams
      send(response, 200, operation.perform({headers: request.headers, query, input, notes, state}), change)
      outcome = 'ok'
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      const refusal = service.refusal(error)
      response.setHeader('x-amzn-ErrorType', `${error.code}:http://internal.amazon.com/coral/${service.namespace}/`)
      send(response, refusal.status, refusal.body, change)
      outcome = error.code
    }
  }
  state.journal.add({kind: service.kind, ...(action !== undefined && {action}), ...notes, outcome})
}

function send(response: ServerResponse, status: number, answer: Answer, change: JsonObject): void {
  if (answer instanceof Redirect) response.writeHead(302, {Location: answer.location}).end()
  else if (answer === undefined) response.writeHead(status, {'Content-Length': 0}).end()
  else {
    response.writeHead(status, {'Content-Type': 'application/json', 'Cache-Control': 'no-store'})
    response.end(JSON.stringify(merged(answer, change)))
  }
}
