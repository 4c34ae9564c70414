import type {IncomingMessage, ServerResponse} from 'node:http'
import {HttpError, pathOf, readBody, sendJson} from '../http.ts'
import type {ControlContext} from './context.ts'
import {createOperations, type Operation} from './operations.ts'
import {wrong} from './readers.ts'

/** Answers requests to the control address; see the README for the operations. */
export function createControlEndpoint(context: ControlContext) {
  const operations = createOperations(context)
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    refuseOtherSites(request)
    const path = pathOf(request).replace(/^\/control/, '')
    const [, resource, name] = /^\/([\w-]+)\/(.+)$/.exec(path) ?? []
    const operation = operations[`${request.method} ${path}`] ?? operations[`${request.method} /${resource}/NAME`]
    if (!operation) throw new HttpError(404, `There is no ${request.method} ${path} at the control address.`)
    const answer = await perform(operation, request, name)
    if (answer === undefined) response.writeHead(204).end()
    else sendJson(response, 200, answer)
  }
}

/** Prevents DNS rebinding: otherwise a web page in a browser on this machine could control the sandbox. */
function refuseOtherSites({headers}: IncomingMessage): void {
  const isLoopback = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? '')
  if (!isLoopback || headers.origin !== undefined) throw new HttpError(403, 'The control address is not for web pages.')
}

async function perform(operation: Operation, request: IncomingMessage, name: string | undefined): Promise<unknown> {
  const body = (await readBody(request)).toString()
  return operation(body === '' ? {} : parse(body), name === undefined ? '' : decodeURIComponent(name))
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw wrong('The body must be JSON.')
  }
}
