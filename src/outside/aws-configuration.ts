import {access, constants, realpath} from 'node:fs/promises'
import {delimiter, isAbsolute, join} from 'node:path'
import {type AwsPlaces, findAwsPlaces, unexpandedPlace} from './files/aws-places.ts'
import {type SharedFiles, systemSharedFiles} from './files/shared-files.ts'
import {type ShortNames, shortName, systemShortNames} from './processes/short-name.ts'

/** The configuration of the AWS tools on this machine. */
export interface AwsConfiguration {
  /** `undefined` where nobody could tell where its files are. */
  readonly places: AwsPlaces | undefined
  /** Why not, where a variable is wrong, as a sentence. */
  readonly problem: string | undefined
  readonly files: SharedFiles
  /** What the tools are to run: absolute paths of Node and of our script. */
  readonly ownProgram: readonly [node: string, script: string]
  readonly platform: NodeJS.Platform
  /** What a file is in the end; `undefined` where it is not there, or is a program that can't be started. */
  readonly resolve: (path: string, what: 'program' | 'script') => Promise<string | undefined>
}

type Env = Readonly<Record<string, string | undefined>>

export async function awsConfiguration(
  script: string,
  env: Env,
  platform: NodeJS.Platform,
  home: string | undefined,
  shortNames: ShortNames = systemShortNames(env),
): Promise<AwsConfiguration> {
  const problem = unexpandedPlace(env, platform)
  const written = async (path: string) => (platform === 'win32' ? shortName(path, shortNames) : path)
  return {
    places: problem === undefined ? findAwsPlaces(env, platform, home) : undefined,
    problem,
    files: systemSharedFiles,
    ownProgram: [await written(await lastingNode(env)), await written(script)],
    platform,
    async resolve(path, what) {
      if (!isAbsolute(path)) return undefined
      try {
        await access(path, what === 'program' ? constants.X_OK : constants.R_OK)
        return await realpath(path)
      } catch {
        return undefined
      }
    },
  }
}

/**
 * The Node that runs this program, by the name that lasts longest: on PATH it is often a link that stays, to a folder
 * that goes with the next update. What npm puts there for a script is of that script's folder.
 */
async function lastingNode({PATH = ''}: Env): Promise<string> {
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const running = await realpath(process.execPath)
  for (const folder of PATH.split(delimiter)) {
    if (folder === '' || /node_modules[\\/]\.bin[\\/]?$/.test(folder)) continue
    const candidate = join(folder, name)
    if ((await realpath(candidate).catch(() => undefined)) === running) return candidate
  }
  return process.execPath
}
