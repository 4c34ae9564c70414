import {type Home, makeHome} from './home.ts'
import {type Sandbox, startSandbox} from './sandbox.ts'

export interface Scene {
  readonly sandbox: Sandbox
  readonly home: Home
}

/** One sandbox, started with `args`, for a whole `describe`, and a new home for each test. */
export function useScene(args: readonly string[] = []): Scene {
  let sandbox: Sandbox | undefined
  let home: Home | undefined
  before(async () => {
    sandbox = await startSandbox(args)
  })
  beforeEach(async () => {
    if (!sandbox) throw new Error('no sandbox')
    await sandbox.reset()
    home = await makeHome(sandbox)
  })
  afterEach(() => home?.close())
  after(() => sandbox?.stop())
  return {
    get sandbox() {
      if (!sandbox) throw new Error('the sandbox is there from the first test on')
      return sandbox
    },
    get home() {
      if (!home) throw new Error('the home is there during a test')
      return home
    },
  }
}
