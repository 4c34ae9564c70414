// What `profiles sync` costs for 10 and for 1,000 profiles, the first time and when all is written already, as ratios to
// an empty Node process: `node bench/sync.js [rounds]` after a build. The file of the AWS tools holds as many profiles of
// others before. All kinds run in turn, so that a slow moment of the machine hits each; ratios are taken round by round.
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {milliseconds, print} from './figures.js'

const run = join(dirname(fileURLToPath(import.meta.url)), '../bin/run.js')
const [rounds = '10'] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'aws-oidc-bench-'))
const sizes = [10, 1000]

try {
  /** @type {Record<string, number>[]} */
  const figures = []
  for (let round = 0; round < Number(rounds); round++) figures.push(measured())
  process.stdout.write(`profiles sync, ${rounds} rounds: milliseconds, and ratio to an empty Node process\n`)
  print(figures, 12)
} finally {
  rmSync(folder, {recursive: true, force: true})
}

/**
 * One round of all kinds.
 * @returns {Record<string, number>}
 */
function measured() {
  /** @type {Record<string, number>} */
  const figures = {empty: milliseconds([process.execPath, '-e', '0'], environment(folder))}
  for (const size of sizes) {
    const home = join(folder, String(size))
    rmSync(home, {recursive: true, force: true})
    mkdirSync(join(home, '.aws'), {recursive: true})
    writeFileSync(join(home, 'config.yaml'), configuration(size))
    writeFileSync(join(home, '.aws/config'), others(size))
    figures[`${size} first`] = milliseconds([process.execPath, run, 'profiles', 'sync', '--yes'], environment(home))
    figures[`${size} second`] = milliseconds([process.execPath, run, 'profiles', 'sync', '--yes'], environment(home))
  }
  return figures
}

/** @param {number} size */
function configuration(size) {
  const provider =
    'providers:\n  corp: {strategy: oidc, issuer: https://sso.example.com, clientId: aws-oidc}\nprofiles:\n'
  const profiles = Array.from(
    {length: size},
    (_, index) =>
      `  p${index}: {provider: corp, role: 'arn:aws:iam::123456789012:role/r${index}', region: eu-central-1}\n`,
  )
  return provider + profiles.join('')
}

/** @param {number} size */
function others(size) {
  const sections = Array.from({length: size}, (_, index) => `# of team ${index}\n[profile o${index}]\nregion = x\n\n`)
  return sections.join('')
}

/**
 * @param {string} home
 * @returns {NodeJS.ProcessEnv}
 */
function environment(home) {
  return {PATH: process.env.PATH, HOME: home, AWS_OIDC_CONFIG_FILE: join(home, 'config.yaml')}
}
