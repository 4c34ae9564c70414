import {access, constants, realpath} from 'node:fs/promises'
import {delimiter, isAbsolute, join} from 'node:path'
import {type AwsPlaces, findAwsPlaces, unexpandedPlace} from './files/aws-places.ts'
import {type SharedFiles, systemSharedFiles} from './files/shared-files.ts'
import {type ShortNames, shortName, systemShortNames} from './processes/short-name.ts'

/** The configuration of the AWS tools on this machine. */
export interface AwsConfiguration {
  /** `undefined` where neither the environment nor a home folder says where the files are. */
  readonly places: AwsPlaces | undefined
  /** One sentence for the user where a variable is wrong, which leaves `places` undefined. */
  readonly problem: string | undefined
  readonly files: SharedFiles
  /** The program that the AWS tools run: absolute paths of Node and of our script. */
  readonly ownProgram: readonly [node: string, script: string]
  readonly platform: NodeJS.Platform
  /** The real path behind all links; `undefined` where the file is missing or, for a program, can't be started. */
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
 * The Node that runs this program, by its most durable path: PATH often holds a stable link to a folder that the next
 * update removes. Links that npm puts into `node_modules/.bin` are skipped: they live only as long as their project.
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
