/** One thing that the contract asks. Any test runner takes it: `for (const {name, run} of checks) it(name, run)`. */
export interface Check {
  /** A sentence whose subject is what is checked. */
  readonly name: string
  /** Rejects with an AssertionError where the contract is not kept. */
  run(): Promise<void>
}
