import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect} from 'chai'
import {root} from '../support/sandbox.ts'

describe('The speed that docs/security.md claims', () => {
  const text = (name: string) => readFileSync(join(root, name), 'utf8')

  it('is what was measured', () => {
    const ratios = new Map(
      [...text('bench/RESULTS.md').matchAll(/^\| ([^|]+) \| ([\d.]+) \|/gm)].map(([, row = '', ratio = '']) => [
        row,
        ratio,
      ]),
    )
    const [, lane, launcher] =
      /([\d.]+) times the price of an empty Node process, and a launcher in `sh` at ([\d.]+) of it/.exec(
        text('docs/security.md').replaceAll(/\s+/g, ' '),
      ) ?? []
    expect({lane, launcher}).to.deep.equal({
      lane: ratios.get('creds, Node lane'),
      launcher: ratios.get('creds, launcher'),
    })
  })
})
