import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect} from 'chai'
import type {Looked} from '../../src/doctor/check.ts'
import {lookWithin} from '../../src/doctor/doctor.ts'
import {type DoctorReport, reportLines} from '../../src/formats/doctor-report.ts'
import {onScreen} from '../../src/text/printable.ts'
import {Secrets} from '../../src/text/secrets.ts'
import {movableClock} from '../support/dependencies.ts'
import {root} from '../support/sandbox.ts'

function textsIn(folder: string, names: RegExp): string {
  const files = readdirSync(join(root, folder)).filter(name => names.test(name))
  return files.map(name => readFileSync(join(root, folder, name), 'utf8')).join('\n')
}

describe('the doctor', () => {
  const source = textsIn('src/doctor', /\.ts$/)
  const mentioned = [...source.matchAll(/'([a-z]+\.[a-z]+(?:-[a-z]+)*)'/g)].map(([, id = '']) => id)
  const ids = [...new Set(mentioned)].filter(id => !/\.(?:ts|json)$/.test(id)).toSorted()

  it('has a test that causes each finding', () => {
    const tests = ['test/cli', 'test/real', 'test/unit']
      .map(folder => textsIn(folder, /^doctor.*\.test\.ts$/))
      .join('\n')
    expect(ids.length).to.be.greaterThan(50)
    expect(ids.filter(id => !tests.includes(`'${id}'`) && !tests.includes(`finds ${id} `))).to.deep.equal([])
  })

  it('has a row for each finding in docs/doctor.md, and for no other', () => {
    const rows = readFileSync(join(root, 'docs/doctor.md'), 'utf8').matchAll(/^\| `([a-z.-]+)` \|/gm)
    expect([...rows].map(([, id]) => id).toSorted()).to.deep.equal(ids)
  })

  const controller = new AbortController()
  const deps = {
    signal: controller.signal,
    secrets: new Secrets(),
    log: {debug: () => undefined, info: () => undefined, warn: () => undefined},
  }
  const check = (look: () => Promise<Looked>) => ({name: 'the moon', look})

  it('gives up a check that takes too long, and reports that as a finding', async () => {
    const clock = movableClock()
    const looking = lookWithin(
      check(() => new Promise(() => undefined)),
      {...deps, clock},
    )
    clock.advance(12_000)
    const {findings, fine} = await looking
    expect(findings).to.deep.equal([
      {
        id: 'check.late',
        severity: 'warning',
        what: 'A check took longer than 12 s: the moon.',
        mend: 'aws-oidc doctor --debug',
      },
    ])
    expect(fine).to.deep.equal([])
  })

  it('shows no secret that a failure holds', async () => {
    const secrets = new Secrets()
    secrets.add('the-secret')
    const failing = check(() => Promise.reject(new Error('no place for the-secret')))
    const {findings} = await lookWithin(failing, {...deps, clock: movableClock(), secrets})
    expect(findings[0]).to.include({
      id: 'check.crashed',
      what: 'A check failed: the moon: no place for ***.',
    })
  })

  it('uses colours only where they are wanted', () => {
    const report: DoctorReport = {
      healthy: false,
      areas: ['Moon'],
      findings: [{id: 'moon.gone', severity: 'error', area: 'Moon', what: 'It is gone.', fixable: false}],
      fine: [],
    }
    expect(onScreen(reportLines(report, false))).to.equal('Moon\n  error    It is gone. (moon.gone)\n\n1 error.')
    expect(onScreen(reportLines(report, true))).to.include('\u001B[31merror')
  })
})
