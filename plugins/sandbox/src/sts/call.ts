import type {IncomingMessage} from 'node:http'
import type {SandboxState} from '../state.ts'

/** One request to STS, read but not yet judged. */
export interface StsCall {
  readonly request: IncomingMessage
  readonly body: Buffer
  readonly parameters: URLSearchParams
  readonly state: SandboxState
}
