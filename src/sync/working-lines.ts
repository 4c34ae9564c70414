import {isForAll, splitCommandLine} from '../aws-config/command-line.ts'
import {ownCallIn} from '../aws-config/own-profile.ts'
import type {SharedFile} from '../aws-config/read.ts'
import type {AwsConfiguration} from '../outside/aws-configuration.ts'

/** Whether a line does the same as `ours`, the line that we would write for these arguments. */
export type Works = (line: string, args: readonly string[], ours: string) => boolean

/**
 * Finds the lines in a file with which every AWS tool gets the same as with ours: in another spelling, by other names
 * of the same files, or from an installed `aws-oidc`. Such a line is left as it was written.
 */
export async function workingLines(
  {sections}: SharedFile,
  program: readonly string[],
  aws: AwsConfiguration,
): Promise<Works> {
  const {platform, ownProgram, resolve} = aws
  const real = async ([path = '', script]: readonly string[]) =>
    JSON.stringify([await resolve(path, 'program'), script && ((await resolve(script, 'script')) ?? null)])
  const own = await real(program)
  const working = new Map<string, readonly string[]>()
  for (const {key, value} of sections.flatMap(({properties}) => properties)) {
    const call = key === 'credential_process' ? ownCallIn(value, ownProgram[1], platform) : undefined
    if (!call || !isForAll(value, platform)) continue
    const [path = '', script] = call.program
    const installed = script === undefined && (await resolve(path, 'program')) !== undefined && !isBatchFile(path)
    if (installed || (await real(call.program)) === own) working.set(value, call.args)
  }
  return (line, args, ours) =>
    (isForAll(line, platform) && same(splitCommandLine(line, platform), splitCommandLine(ours, platform))) ||
    same(working.get(line), args)
}

/** Scripts that botocore can't start. */
function isBatchFile(path: string): boolean {
  return /\.(?:bat|cmd|ps1)$/i.test(path)
}

function same(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other)
}
