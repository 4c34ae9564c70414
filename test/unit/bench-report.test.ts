import {expect} from 'chai'
import type {Row} from '../../bench/group.ts'
import {type Measured, tables} from '../../bench/report.ts'

function measured(name: string, ratio: number, limits: Partial<Row> = {}, more: Partial<Measured> = {}): Measured {
  const row: Row = {name, argv: ['/bin/true'], env: {}, ...limits}
  return {group: 'What needs nobody', row, least: 20, median: 25, cpu: 24, ratio, cpuRatio: ratio, ...more}
}

describe('The bench', () => {
  const memory = {of: 'node -e 0', target: 1.02, gate: 1.1}

  it('writes one table per group, without empty columns', () => {
    const rows = [
      measured('node -e 0', 1),
      measured('creds', 1.054, {target: 1.05, gate: 1.15, memory}, {kibibytes: 45_056, memoryRatio: 1.07}),
    ]
    expect(tables(rows)).to.equal(`## What needs nobody

|  | ratio | target | gate | least ms | median ms | CPU ms | peak MB |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| node -e 0 | 1.00 |  |  | 20.0 | 25.0 | 24.0 |  |
| creds | 1.05 | 1.05 | 1.15 | 20.0 | 25.0 | 24.0 | 44.0 (1.07 of node -e 0; gate 1.10) |
`)
  })
})
