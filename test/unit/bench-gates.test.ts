import {expect} from 'chai'
import {gatesNamed, isGated, limitCount, misses} from '../../bench/gates.ts'
import type {Row} from '../../bench/group.ts'
import type {Measured} from '../../bench/report.ts'

const row: Row = {
  name: 'creds',
  argv: ['/bin/true'],
  env: {},
  target: 1.25,
  gate: 1.45,
  memory: {of: 'node -e 0', target: 1.02, gate: 1.1},
}

function measured(figures: Partial<Measured>, of: Row = row): Measured {
  return {group: 'Warm', row: of, least: 1, median: 1, cpu: 1, ratio: 1, cpuRatio: 1, memoryRatio: 1, ...figures}
}

describe('the gates of the bench', () => {
  it('fail on a quiet machine as soon as a gate is exceeded, by wall time', () => {
    const strict = gatesNamed('strict')
    expect(misses(strict, [measured({ratio: 1.45, cpuRatio: 9})])).to.deep.equal([])
    expect(misses(strict, [measured({ratio: 1.46})])).to.deep.equal([
      {what: 'Warm: creds', found: 'has 1.46', limit: 1.45},
    ])
  })

  it('fail on a busy machine only at twice the target, by processor time', () => {
    const gross = gatesNamed('gross')
    expect(misses(gross, [measured({ratio: 9, cpuRatio: 2.5})])).to.deep.equal([])
    expect(misses(gross, [measured({cpuRatio: 2.51})])).to.deep.equal([
      {what: 'Warm: creds', found: 'has 2.51', limit: 2.5},
    ])
  })

  it('fail where memory is over its limit, or could not be measured', () => {
    const [miss] = misses(gatesNamed('gross'), [measured({memoryRatio: 2.05})])
    expect(miss).to.deep.equal({what: 'Warm: creds, peak memory', found: 'has 2.05', limit: 2.04})
    const {memoryRatio: _, ...without} = measured({})
    expect(misses(gatesNamed('strict'), [without])[0]?.found).to.equal('could not be measured')
  })

  it('check only rows with a limit, and accept no other names', () => {
    const {target: _, gate: __, memory: ___, ...plain} = row
    expect(isGated(gatesNamed('gross'), plain)).to.equal(false)
    expect(isGated(gatesNamed('gross'), {...plain, target: 3.3})).to.equal(true)
    expect(isGated(gatesNamed('strict'), {...plain, target: 3.3})).to.equal(false)
    expect(limitCount(gatesNamed('strict'), [measured({}), measured({}, plain)])).to.equal(2)
    expect(() => gatesNamed('lax')).to.throw('There are the gates "strict" and "gross", not "lax".')
  })
})
