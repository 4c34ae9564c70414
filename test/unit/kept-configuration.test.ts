import {expect} from 'chai'
import {fromKept, keptName, toKept} from '../../src/config/kept.ts'
import {parseConfiguration} from '../../src/config/read.ts'

describe('a parsed configuration', () => {
  const kept = (text: string) => toKept(parseConfiguration('/config.yaml', text), '1.0.0')

  it('comes back from JSON unchanged', () => {
    const text = 'providers: {corp: {clientId: "007", port: 7, on: true, none: null, "__proto__": x, list: [a, 1.5]}}\n'
    expect(fromKept(kept(text) ?? '', '1.0.0')).to.deep.equal(parseConfiguration('/config.yaml', text))
  })

  it('is ignored by another version, which may read the same text differently', () => {
    expect(fromKept(kept('cache: file\n') ?? '', '1.0.1')).to.equal(undefined)
  })

  it('is not kept where JSON can not represent a value', () => {
    for (const value of ['.inf', '-.inf', '.nan', '-0.0']) expect(kept(`cache: ${value}\n`), value).to.equal(undefined)
  })

  it('is not kept for a path that is too long for a file name', () => {
    expect(keptName('/home/me/config.yaml')).to.equal('%2Fhome%2Fme%2Fconfig.yaml.json')
    expect(keptName(`/${'x'.repeat(200)}`)).to.equal(undefined)
  })
})
