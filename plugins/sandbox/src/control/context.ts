import type {SandboxState} from '../state.ts'

/** What the control address may change. */
export interface ControlContext {
  readonly state: SandboxState
  readonly rotateKeys: () => Promise<void>
}
