import type {Caller, Facts} from './facts.ts'

const exitCodeOf: Readonly<Partial<Record<string, number>>> = {SIGINT: 130, SIGTERM: 143}
const refused = 4

/** Describes callers that ended in a way that no kill, of them or of others, may cause. */
export function wrongEndings({callers, probe, asked}: Facts): readonly string[] {
  const askers = new Set(asked.map(({caller}) => caller))
  // Callers that wait for a sign-in fail with it when it is given up.
  const givenUp = callers.some(({id, kill}) => kill !== undefined && exitCodeOf[kill.signal] && askers.has(id))
  return [
    ...callers.flatMap(caller => wrong(caller, givenUp)),
    ...(isServed(probe) ? [] : [`the call after all ${said(probe)}`]),
  ]
}

/** Whether the caller exited with 0 and printed a whole credential_process document. */
export function isServed({exitCode, stdout}: Pick<Caller, 'exitCode' | 'stdout'>): boolean {
  return exitCode === 0 && isDocument(stdout)
}

/** Whether a signal ended the caller before it was done. */
export function wasEnded({exitCode, endedBy, kill}: Caller): boolean {
  return kill !== undefined && (endedBy === kill.signal || exitCode === exitCodeOf[kill.signal])
}

/** Whether the caller was told that the sign-in it waited for was given up. */
export function wasGivenUp({exitCode, stdout, stderr}: Caller): boolean {
  return exitCode === refused && stdout === '' && stderr.includes('The sign-in was given up.')
}

function wrong(caller: Caller, givenUp: boolean): readonly string[] {
  const {id, hung, stdout} = caller
  if (hung) return [`caller ${id} hung`]
  if (isServed(caller)) return []
  // The signal may arrive between the writing of the document and the exit.
  const isDoneOrSilent = stdout === '' || isDocument(stdout)
  if (wasEnded(caller) && isDoneOrSilent) return []
  return givenUp && wasGivenUp(caller) ? [] : [`caller ${id} ${said(caller)}`]
}

function said({exitCode, endedBy, stdout, stderr}: Caller): string {
  // A document contains secrets.
  const printed = stdout.includes('SecretAccessKey') ? `${stdout.length} characters` : JSON.stringify(stdout)
  return `ended with ${exitCode ?? endedBy}, stdout ${printed}, stderr ${JSON.stringify(stderr)}`
}

function isDocument(text: string): boolean {
  return /^\{"Version":1,"AccessKeyId":"[^"]+","SecretAccessKey":"[^"]+",.*\}\n$/.test(text)
}
