import {homedir, tmpdir, userInfo} from 'node:os'
import {isAbsolute, join} from 'node:path'
import {isOthersPlace} from './other-users.ts'

/**
 * Where this program keeps its files; `undefined` where the machine offers no place. bin/run.js repeats the folders of
 * entries, pointers and compiled code.
 */
export interface Places {
  readonly home: string | undefined
  readonly configFile: string | undefined
  /** What can be recreated. */
  readonly cache: string | undefined
  /** In `cache`: the cache entries of file caches. */
  readonly entries: string | undefined
  /** In `cache`: the file of notes about caches. */
  readonly cacheNote: string | undefined
  readonly states: string | undefined
  readonly locks: string | undefined
  readonly pointers: string | undefined
  /** Node's compile cache, a folder for each version of it. */
  readonly compiled: string | undefined
  /** Parsed configurations. */
  readonly parsed: string | undefined
  /** Where the AWS files of programs under `exec --serve` may be, the best place first. */
  readonly awsFiles: readonly AwsFilesPlace[]
  /** Where hot copies would be, provided that the folder is in memory. */
  readonly hotCopies: string | undefined
  /** Folders that we share with other programs. */
  readonly shared: readonly string[]
  /** What can't be recreated. */
  readonly data: string | undefined
  /** In `data`: browser profiles, one for each identity provider. */
  readonly browsers: string | undefined
}

export interface AwsFilesPlace {
  readonly folder: string
  /** The prefix of our names; empty in a folder of our own, which may have to be made first. */
  readonly prefix: '' | 'aws-oidc-exec.'
}

type Env = Readonly<Record<string, string | undefined>>

/**
 * The XDG folders where they are set, else the platform's own.
 * https://specifications.freedesktop.org/basedir-spec/latest/ : a relative path in an XDG variable is ignored.
 */
export function findPlaces(env: Env, platform: NodeJS.Platform): Places {
  const home = findHome()
  const under = (...parts: string[]) => (home === undefined ? undefined : join(home, ...parts))
  const named = (name: string) => {
    const value = env[name]
    return value !== undefined && isAbsolute(value) ? value : undefined
  }
  const folder = (base: string | undefined, ...parts: string[]) =>
    base === undefined ? undefined : join(base, ...parts)

  // An XDG variable counts on every platform.
  const place = (variable: string, platformFolder: string | undefined) =>
    folder(named(variable), 'aws-oidc') ?? platformFolder
  const roaming = named('APPDATA') ?? under('AppData', 'Roaming')
  const local = named('LOCALAPPDATA') ?? under('AppData', 'Local')
  const defaults = {
    darwin: {
      config: under('Library', 'Preferences', 'aws-oidc'),
      cache: under('Library', 'Caches', 'aws-oidc'),
      data: under('Library', 'Application Support', 'aws-oidc'),
    },
    win32: {
      config: folder(roaming, 'aws-oidc'),
      cache: folder(local, 'aws-oidc', 'Cache'),
      data: folder(local, 'aws-oidc', 'Data'),
    },
    linux: {
      config: under('.config', 'aws-oidc'),
      cache: under('.cache', 'aws-oidc'),
      data: under('.local', 'share', 'aws-oidc'),
    },
  }[platform === 'darwin' || platform === 'win32' ? platform : 'linux']
  const theirs = place('XDG_CACHE_HOME', defaults.cache)
  // See docs/decisions/0025-root-in-another-home.md. Windows, which has no root, never comes here.
  const cache = theirs !== undefined && isOthersPlace(theirs) ? folder(homeOfRoot(), '.cache', 'aws-oidc') : theirs
  const data = place('XDG_DATA_HOME', defaults.data)
  const runtime = platform === 'linux' ? named('XDG_RUNTIME_DIR') : undefined
  return {
    home,
    configFile: env.AWS_OIDC_CONFIG_FILE || folder(place('XDG_CONFIG_HOME', defaults.config), 'config.yaml'),
    cache,
    entries: folder(cache, 'v1'),
    cacheNote: folder(cache, 'cache.json'),
    states: folder(cache, 'state'),
    locks: folder(cache, 'locks'),
    pointers: folder(cache, 'warm'),
    compiled: folder(cache, 'compiled'),
    parsed: folder(cache, 'parsed'),
    shared: [
      home,
      ...[under('.config'), under('.local', 'share')],
      ...[named('XDG_CONFIG_HOME'), named('XDG_CACHE_HOME'), named('XDG_DATA_HOME')],
    ].filter(path => path !== undefined),
    awsFiles: [
      ...(cache === undefined ? [] : [{folder: join(cache, 'exec'), prefix: ''} as const]),
      ...[runtime, tmpdir()].flatMap(base => (base ? [{folder: base, prefix: 'aws-oidc-exec.'} as const] : [])),
    ],
    hotCopies: folder(runtime, 'aws-oidc'),
    data,
    browsers: folder(data, 'browser'),
  }
}

// Debian's home for users without one, and bin/run.js's for users without a passwd entry.
const noHome = '/nonexistent'

/** In a container with an arbitrary user id there is neither HOME nor a passwd entry, and `homedir` throws. */
function findHome(): string | undefined {
  try {
    const home = homedir()
    return isAbsolute(home) && home !== noHome ? home : undefined
  } catch {
    return undefined
  }
}

/** From the passwd entry, whatever HOME says. */
function homeOfRoot(): string | undefined {
  try {
    return userInfo().homedir
  } catch {
    return undefined
  }
}

/** Where oclif keeps plugins: its own rule, for code that runs without oclif. */
export function pluginFolder(env: Env, platform: NodeJS.Platform): string | undefined {
  const home = findHome()
  const base = env.XDG_DATA_HOME || (platform === 'win32' && env.LOCALAPPDATA) || (home && join(home, '.local/share'))
  return env.AWS_OIDC_DATA_DIR || (base ? join(base, 'aws-oidc') : undefined)
}
