import type {SandboxState} from '../state.ts'

/** The parts of the sandbox that the control address may change. */
export interface ControlContext {
  readonly state: SandboxState
  readonly rotateKeys: () => Promise<void>
}
