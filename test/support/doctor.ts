import {expect} from 'chai'
import type {DoctorReport, ReportedFinding} from '../../src/formats/doctor-report.ts'
import type {Home} from './home.ts'
import {inventory} from './machine.ts'
import type {Scene} from './scene.ts'

type Env = Readonly<Record<string, string | undefined>>

/** A problem of a machine, and what the doctor must report. */
export interface Illness {
  readonly id: string
  readonly severity: ReportedFinding['severity']
  /** The end of the test's name. */
  readonly when: string
  /** Creates the problem in the home of the test. */
  readonly make?: (scene: Scene) => Promise<unknown>
  /** Variables to run with. */
  readonly env?: (scene: Scene) => Env
  readonly says: RegExp
  readonly mend: RegExp
  /** What `--fix` reports; the problem is gone afterwards. Absent if `--fix` must leave it alone. */
  readonly fixed?: RegExp
  readonly args?: readonly string[]
}

/** The report of a doctor that changes nothing. */
export async function examine(home: Home, env: Env = {}, args: readonly string[] = []): Promise<DoctorReport> {
  const before = await inventory(home.folder)
  const report = await reportOf(home, env, args)
  expect(await inventory(home.folder), 'nothing is changed').to.deep.equal(before)
  return report
}

async function reportOf(home: Home, env: Env, args: readonly string[]): Promise<DoctorReport> {
  // Disabled because bin/run.js keeps a compile cache whatever the command is.
  const variables = {NODE_DISABLE_COMPILE_CACHE: '1', ...env}
  const {exitCode, stdout, stderr} = await home.run(['doctor', '--json', ...args], variables)
  expect(exitCode, `${stdout}${stderr}`).to.be.oneOf([0, 7])
  expect(stderr).to.equal('')
  const report = JSON.parse(stdout) as DoctorReport
  expect(exitCode).to.equal(report.healthy ? 0 : 7)
  const left = report.findings.filter(({severity, fixed}) => severity !== 'note' && fixed === undefined)
  expect(report.healthy).to.equal(left.length === 0)
  return report
}

export function finds(scene: Scene, illnesses: readonly Illness[]): void {
  for (const {id, severity, when, make, env: variables, says, mend, fixed, args = ['--no-network']} of illnesses) {
    it(`finds ${id} ${when}`, async () => {
      await make?.(scene)
      const env = variables?.(scene) ?? {}
      const {findings} = await examine(scene.home, env, args)
      const told = findings.find(finding => finding.id === id)
      expect(told, JSON.stringify(findings)).to.include({severity, fixable: fixed !== undefined})
      expect(told?.what).to.match(says)
      expect(told?.mend).to.match(mend)
      const mended = (await reportOf(scene.home, env, ['--fix', ...args])).findings.find(finding => finding.id === id)
      if (fixed === undefined) return expect(mended).to.deep.equal(told)
      expect(mended?.fixed, JSON.stringify(mended)).to.match(fixed)
      const after = (await examine(scene.home, env, args)).findings
      return expect(after.map(finding => finding.id)).not.to.include(id)
    })
  }
}
