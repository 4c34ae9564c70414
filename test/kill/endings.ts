import type {Caller, Facts} from './facts.ts'

const exitCodeOf: Readonly<Partial<Record<string, number>>> = {SIGINT: 130, SIGTERM: 143}
const refused = 4

/** Callers that ended in a way in which none may, whatever was done to it and to the others. */
export function wrongEndings({callers, probe, asked}: Facts): readonly string[] {
  const askers = new Set(asked.map(({caller}) => caller))
  // Whoever waits for a sign-in that is given up fails with it.
  const givenUp = callers.some(({id, kill}) => kill !== undefined && exitCodeOf[kill.signal] && askers.has(id))
  return [
    ...callers.flatMap(caller => wrong(caller, givenUp)),
    ...(isServed(probe) ? [] : [`the call after all ${said(probe)}`]),
  ]
}

/** Exit code 0 with the whole document of a credential_process. */
export function isServed({exitCode, stdout}: Pick<Caller, 'exitCode' | 'stdout'>): boolean {
  return exitCode === 0 && isDocument(stdout)
}

/** Whether a signal has reached a caller before it was done. */
export function wasEnded({exitCode, endedBy, kill}: Caller): boolean {
  return kill !== undefined && (endedBy === kill.signal || exitCode === exitCodeOf[kill.signal])
}

/** Whether a caller was told that the sign-in it waited for was given up. */
export function wasGivenUp({exitCode, stdout, stderr}: Caller): boolean {
  return exitCode === refused && stdout === '' && stderr.includes('The sign-in was given up.')
}

function wrong(caller: Caller, givenUp: boolean): readonly string[] {
  const {id, hung, stdout} = caller
  if (hung) return [`caller ${id} hung`]
  if (isServed(caller)) return []
  // A signal may come between the writing of the document and the end.
  const isDoneOrSilent = stdout === '' || isDocument(stdout)
  if (wasEnded(caller) && isDoneOrSilent) return []
  return givenUp && wasGivenUp(caller) ? [] : [`caller ${id} ${said(caller)}`]
}

function said({exitCode, endedBy, stdout, stderr}: Caller): string {
  // A document holds secrets.
  const printed = stdout.includes('SecretAccessKey') ? `${stdout.length} characters` : JSON.stringify(stdout)
  return `ended with ${exitCode ?? endedBy}, stdout ${printed}, stderr ${JSON.stringify(stderr)}`
}

function isDocument(text: string): boolean {
  return /^\{"Version":1,"AccessKeyId":"[^"]+","SecretAccessKey":"[^"]+",.*\}\n$/.test(text)
}
