/** One requirement of the contract. Works with any test runner: `for (const {name, run} of checks) it(name, run)`. */
export interface Check {
  /** A sentence without its subject, which is the strategy or cache: "does not ask the user a second time". */
  readonly name: string
  /** Rejects with an AssertionError if the contract is violated. */
  run(): Promise<void>
}
