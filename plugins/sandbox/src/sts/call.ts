import type {IncomingMessage} from 'node:http'
import type {SandboxState} from '../state.ts'

/** A request to STS, read but not yet checked. */
export interface StsCall {
  readonly request: IncomingMessage
  readonly body: Buffer
  readonly parameters: URLSearchParams
  readonly state: SandboxState
}
