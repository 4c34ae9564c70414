import {posix, win32} from 'node:path'

/** The two shared configuration files of the AWS tools. */
export interface AwsPlaces {
  readonly config: string
  readonly credentials: string
}

type Env = Readonly<Record<string, string | undefined>>

/**
 * Where the AWS SDKs look for the two files; `undefined` where there is neither a home nor a variable that names them.
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html
 */
export function findAwsPlaces(
  env: Env,
  platform: NodeJS.Platform,
  systemHome: string | undefined,
): AwsPlaces | undefined {
  const {join, resolve} = platform === 'win32' ? win32 : posix
  const home = platform === 'win32' ? (windowsHome(env) ?? systemHome) : env.HOME || systemHome
  const place = (said: string | undefined, name: string) => {
    const fromHome = (platform === 'win32' ? /^~[/\\](.*)$/s : /^~\/(.*)$/s).exec(said ?? '')?.[1]
    if (fromHome !== undefined && home !== undefined) return join(home, fromHome)
    return said ? resolve(said) : home === undefined ? undefined : join(home, '.aws', name)
  }
  const config = place(env.AWS_CONFIG_FILE, 'config')
  const credentials = place(env.AWS_SHARED_CREDENTIALS_FILE, 'credentials')
  return config === undefined || credentials === undefined ? undefined : {config, credentials}
}

/**
 * A problem, as a sentence, where one of the two variables holds an unexpanded variable. botocore expands it, the SDKs
 * take the name literally, so they would read different files.
 */
export function unexpandedPlace(env: Env, platform: NodeJS.Platform): string | undefined {
  const variable = platform === 'win32' ? /\$[\w{]|%[^%]+%/ : /\$[\w{]/
  const name = ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'].find(name => variable.test(env[name] ?? ''))
  return (
    name && `${name} is '${env[name]}', with an unexpanded variable in it: AWS tools disagree on which file that is.`
  )
}

function windowsHome({HOME, USERPROFILE, HOMEDRIVE = '', HOMEPATH}: Env): string | undefined {
  return HOME || USERPROFILE || (HOMEPATH ? HOMEDRIVE + HOMEPATH : undefined)
}
