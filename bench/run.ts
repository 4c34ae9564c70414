// Measures what calls cost, relative to an empty Node process of the same version: `npm run bench`, on Linux, with
// Python 3. It installs the package as for publishing, and measures everything in turn, in one run.
//
//     npm run bench                       prints all tables
//     npm run bench -- --write            writes bench/RESULTS.md as well
//     npm run bench -- --check strict     measures rows with a gate, and fails if one is missed twice
//     npm run bench -- --check gross      the same with twice the targets, by processor time: for a busy machine
//     npm run bench -- --rounds 40        instead of 20
//     npm run bench -- --with 'aws-vault exec work --json'    another tool in the same run
import {execFileSync} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {cpus, release} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {root} from '../test/support/sandbox.ts'
import {type Gates, gatesNamed, isGated, limitCount, type Miss, misses} from './gates.ts'
import type {Group} from './group.ts'
import {makePlace} from './place.ts'
import {type Measured, measureGroup, tables} from './report.ts'
import {groupsAt} from './rows.ts'

const {values: flags} = parseArgs({
  options: {
    check: {type: 'string'},
    write: {type: 'boolean', default: false},
    rounds: {type: 'string', default: '20'},
    with: {type: 'string', multiple: true, default: []},
  },
})

const gates = flags.check === undefined ? undefined : gatesNamed(flags.check)
const place = await makePlace()
try {
  if (gates && !place.bus) throw new Error('The gates need gnome-keyring-daemon and dbus-daemon.')
  const groups = await groupsAt(place, flags.with)
  if (gates) check(groups, gates)
  else {
    const measured = groups.flatMap(group => measureGroup(group, Number(flags.rounds)))
    const text = `${heading()}\n${tables(measured)}`
    process.stdout.write(text)
    if (flags.write) writeFileSync(join(root, 'bench/RESULTS.md'), text)
  }
} finally {
  await place.remove()
}

/**
 * Measures the groups that have a limit. If one fails, its whole group is measured again; it counts if it fails twice.
 */
function check(groups: readonly Group[], gates: Gates): void {
  const measured: Measured[] = []
  const missed: Miss[] = []
  for (const group of groups.filter(({rows}) => rows.some(row => isGated(gates, row)))) {
    const first = measureGroup(group, Number(flags.rounds))
    const failed = new Set(misses(gates, first).map(({what}) => what))
    const last = failed.size === 0 ? first : measureGroup(group, Number(flags.rounds))
    measured.push(...last)
    missed.push(...misses(gates, last).filter(({what}) => failed.has(what)))
  }
  process.stdout.write(tables(measured))
  for (const {what, found, limit} of missed) process.stdout.write(`${what}: ${found}, and the limit is ${limit}\n`)
  process.stdout.write(`\n  ${limitCount(gates, measured) - missed.length} passing\n`)
  if (missed.length > 0) process.stdout.write(`  ${missed.length} failing\n`)
  process.exitCode = missed.length > 0 ? 1 : 0
}

function heading(): string {
  const [processor] = cpus()
  const version = JSON.parse(execFileSync(place.node, [place.run, 'version', '--json'], {encoding: 'utf8'})).cliVersion
  const today = new Date().toISOString().slice(0, 10)
  const count = Number(flags.rounds)
  const {tarball, installed, npm} = place.sizes
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1)
  return `# What calls cost

${today}; ${version}; Node ${process.versions.node}; Linux ${release().split('-')[0]}, ${cpus().length} processors (${processor?.model}).
Written by \`npm run bench -- --write\`. The ratio is that of the wall time to the first row of the table in the same round,
median of ${count} rounds (of fewer where each takes long). CPU is user and system time; instructions, as a ratio, those in
user mode. How it is measured: [run.ts](run.ts), [measure.py](measure.py).

The tarball has ${megabytes(tarball)} MB. Installed with what it needs it takes ${megabytes(installed)} MB, ${megabytes(installed - npm)} MB without the npm that
\`plugins install\` runs.
`
}
