import {expect} from 'chai'
import type {JournalEntry} from '../../src/journal.ts'
import {type Sandbox, type SandboxAddresses, startSandbox} from '../../src/sandbox.ts'

export interface ControlAnswer {
  readonly status: number
  readonly body: Record<string, unknown>
}

export interface SandboxUnderTest {
  readonly addresses: SandboxAddresses
  control(operation: string, body?: unknown): Promise<ControlAnswer>
  journal(): Promise<readonly JournalEntry[]>
  mint(order?: Readonly<Record<string, unknown>>): Promise<string>
}

/** One sandbox for the tests of a `describe`; fails a test after which it had a bug to report. */
export function useSandbox(): SandboxUnderTest {
  const bugs: unknown[] = []
  let sandbox: Sandbox | undefined
  const addresses = (): SandboxAddresses => {
    if (!sandbox) throw new Error('The sandbox runs only inside of tests.')
    return sandbox.addresses
  }

  before(async () => {
    sandbox = await startSandbox({onBug: error => bugs.push(error)})
  })
  afterEach(async () => {
    await control('DELETE /faults')
    await control('DELETE /journal')
    await control('POST /clock', {offsetSeconds: 0})
    await control('POST /lifetimes', {idTokenSeconds: 300, refreshTokenSeconds: 43_200, roleSessionSeconds: null})
    await control('DELETE /identity-center')
    expect(bugs).to.deep.equal([])
  })
  after(() => sandbox?.stop())

  async function control(operation: string, body?: unknown): Promise<ControlAnswer> {
    const [method = '', path = ''] = operation.split(' ')
    const init = body === undefined ? {method} : {method, body: JSON.stringify(body)}
    const response = await fetch(addresses().control + path, init)
    const text = await response.text()
    return {status: response.status, body: text === '' ? {} : JSON.parse(text)}
  }

  return {
    get addresses() {
      return addresses()
    },
    control,
    async journal() {
      const response = await fetch(`${addresses().control}/journal`)
      return JSON.parse(await response.text())
    },
    async mint(order = {}) {
      const {status, body} = await control('POST /mint', order)
      expect(status, JSON.stringify(body)).to.equal(200)
      return String(body.token)
    },
  }
}
