// What a Tab costs, as ratios to an empty Node process of the same version: `node bench/completion.js [rounds]` after a
// build. All kinds run in turn, so that a slow moment of the machine hits each; ratios are taken round by round.
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {milliseconds, print} from './figures.js'

const run = join(dirname(fileURLToPath(import.meta.url)), '../bin/run.js')
const rounds = Number(process.argv[2] ?? 20)
const folder = mkdtempSync(join(tmpdir(), 'aws-oidc-bench-'))

/** @param {number} profiles */
function environment(profiles) {
  const config = join(folder, `${profiles}.yaml`)
  const role = 'arn:aws:iam::123456789012:role/developer'
  const lines = Array.from({length: profiles}, (_, index) => `  profile-${index}: {provider: corp, role: '${role}'}\n`)
  const provider = '{strategy: oidc, issuer: "https://sso.example.com", clientId: aws-oidc}'
  writeFileSync(config, `providers:\n  corp: ${provider}\nprofiles:\n${lines.join('')}`)
  return {PATH: process.env.PATH, HOME: folder, AWS_OIDC_CONFIG_FILE: config}
}

/**
 * @param {string[]} words
 * @param {NodeJS.ProcessEnv} env
 */
function tab(words, env) {
  return milliseconds([process.execPath, run, 'autocomplete', 'words', 'fish', 'aws-oidc', ...words], env)
}

try {
  const [ten, thousand] = [environment(10), environment(1_000)]
  /** @type {Record<string, () => number>} */
  const kinds = {
    empty: () => milliseconds([process.execPath, '-e', '0'], ten),
    command: () => tab([''], ten),
    flag: () => tab(['creds', '--'], ten),
    'profile of 10': () => tab(['creds', '-p', ''], ten),
    'profile of 1,000': () => tab(['creds', '-p', ''], thousand),
  }
  /** @type {Record<string, number>[]} */
  const figures = []
  for (let round = 0; round < rounds; round++) {
    figures.push(Object.fromEntries(Object.entries(kinds).map(([kind, measure]) => [kind, measure()])))
  }
  process.stdout.write(`${rounds} rounds: milliseconds (least, median, most), and ratio to an empty Node process\n`)
  print(figures, 16, 2)
} finally {
  rmSync(folder, {recursive: true, force: true})
}
