import {execFile, spawnSync} from 'node:child_process'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {type Format, formatCredentials} from '../../src/formats/index.ts'
import type {Assignments} from '../../src/formats/variables.ts'
import {root} from './sandbox.ts'

const run = promisify(execFile)

/** A shell, and how users make it read credentials from a file. */
export interface Shell {
  readonly format: Format
  readonly program: readonly [string, ...string[]]
  /** A script that reads each file in $DOCUMENTS, and runs `print` after each. */
  readonly script: (print: string) => string
}

const posix = (print: string) => `for file in "$DOCUMENTS"/*; do eval "$(cat "$file")"; ${print}; done`
const assigning = (print: string) => `set -a; ${posix(print)}`

/** Installed by .ci/install. */
export const nushell = join(root, '.cache/nushell/node_modules/.bin/nu')

export const shells = {
  sh: {format: 'env', program: ['sh', '-c'], script: posix},
  bash: {format: 'env', program: ['bash', '--norc', '-c'], script: posix},
  dash: {format: 'env', program: ['dash', '-c'], script: posix},
  zsh: {format: 'env', program: ['zsh', '-f', '-c'], script: posix},
  'zsh with RC_QUOTES': {format: 'env', program: ['zsh', '-f', '-o', 'RC_QUOTES', '-c'], script: posix},
  mksh: {format: 'env', program: ['mksh', '-c'], script: posix},
  'busybox sh': {format: 'env', program: ['busybox', 'sh', '-c'], script: posix},
  'sh that exports by itself': {format: 'env-no-export', program: ['sh', '-c'], script: assigning},
  'bash that exports by itself': {format: 'env-no-export', program: ['bash', '--norc', '-c'], script: assigning},
  fish: {
    format: 'fish',
    program: ['fish', '--no-config', '-c'],
    script: print => `for file in $DOCUMENTS/*; cat $file | source; ${print}; end`,
  },
  nushell: {
    format: 'nushell',
    program: [nushell, '--no-config-file', '-c'],
    script: print =>
      `for file in (glob $'($env.DOCUMENTS)/*' | sort) { open --raw $file | from json | load-env; ^${print} }`,
  },
} as const satisfies Readonly<Record<string, Shell>>

export function isInstalled(program: string): boolean {
  return spawnSync(program, ['-c', 'true']).error === undefined
}

export type Triple = readonly [accessKeyId: string, secretAccessKey: string, sessionToken: string]

const print = `sh -c 'printf "%s\\0" "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" "$AWS_SESSION_TOKEN"'`

/** What programs of the shell find in their environment after it has read each triple in its format. */
export async function throughShell(shell: Shell, triples: readonly Triple[]): Promise<readonly Triple[]> {
  const folder = await mkdtemp(join(tmpdir(), 'aws-oidc-formats-'))
  // If quoting fails, the shell executes values as commands: in a folder of their own.
  const [documents, elsewhere] = [join(folder, 'documents'), join(folder, 'elsewhere')]
  try {
    await Promise.all([mkdir(documents), mkdir(elsewhere)])
    for (const [index, triple] of triples.entries()) {
      await writeFile(join(documents, String(index).padStart(6, '0')), await written(shell.format, triple))
    }
    const [program, ...args] = shell.program
    const {stdout} = await run(program, [...args, shell.script(print)], {
      cwd: elsewhere,
      env: {PATH: process.env.PATH, DOCUMENTS: documents},
      maxBuffer: 2 ** 26,
    })
    return inThrees(stdout.split('\0').slice(0, -1))
  } finally {
    await rm(folder, {recursive: true})
  }
}

/** Credentials with these three values, in a format. */
export function written(
  format: Format,
  [accessKeyId, secretAccessKey, sessionToken]: Triple,
  region?: Assignments,
): Promise<string> {
  const expiration = new Date('2026-11-24T12:00:00Z')
  return formatCredentials(format, {
    credentials: {accessKeyId, secretAccessKey, sessionToken, expiration},
    accountId: '123456789012',
    ...(region && {region}),
  })
}

const ascii = Array.from({length: 0x7f - 0x20}, (_, index) => String.fromCharCode(0x20 + index))
const beyondAscii = ['\u2018', '\u2019', '\u201a', '\u201b', '\u201c', 'é', 'Ñ', '日本', '😀', '\u2028', '\u00a0']

/**
 * Every printable ASCII character at each position of a value, alone and repeated, and random values of all of them.
 */
export function awkwardTriples(fits: (value: string) => boolean = () => true): readonly Triple[] {
  const single = [...ascii, ...beyondAscii].flatMap(c => [c, c + c, `a${c}`, `${c}b`, `a${c}b${c}${c}c`, `'${c}'`])
  const random = Array.from({length: 300}, () => randomText(1 + Math.floor(Math.random() * 60)))
  const values = ['', ascii.join(''), ascii.toReversed().join(''), ...single, ...random]
  return inThrees(padded(values.filter(fits)))
}

/** Values like those that AWS issues. */
export function usualTriples(): readonly Triple[] {
  return Array.from({length: 50}, () => {
    const [id, secret, token] = [15, 30, 600].map(size => crypto.getRandomValues(new Uint8Array(size)))
    return [`ASIA${base64(id).replace(/\W/g, 'A')}`, base64(secret), base64(token)]
  })
}

function base64(bytes: Uint8Array = new Uint8Array()): string {
  return Buffer.from(bytes).toString('base64')
}

function randomText(length: number): string {
  return Array.from({length}, () => ascii[Math.floor(Math.random() * ascii.length)]).join('')
}

function padded(values: readonly string[]): readonly string[] {
  return values.length % 3 === 0 ? values : padded([...values, 'x'])
}

export function inThrees(values: readonly string[]): readonly Triple[] {
  const triples: Triple[] = []
  for (let at = 0; at < values.length; at += 3) {
    const [a = '', b = '', c = ''] = values.slice(at, at + 3)
    triples.push([a, b, c])
  }
  return triples
}
