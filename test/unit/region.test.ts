import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect} from 'chai'
import {doubtOfRegion, problemOfRegion} from '../../src/config/region.ts'
import {root} from '../support/sandbox.ts'

describe('a region', () => {
  it('is accepted where AWS lists it', () => {
    const sdk = join(root, 'node_modules/@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js')
    const names = [...readFileSync(sdk, 'utf8').matchAll(/^\s+"([a-z]+(?:-[a-z]+)+-\d+)": \{/gm)].flatMap(
      ([, name]) => name ?? [],
    )
    expect(names).to.include.members(['us-east-1', 'cn-north-1', 'us-gov-west-1', 'eusc-de-east-1'])
    expect(names.flatMap(name => problemOfRegion(name) ?? doubtOfRegion(name) ?? [])).to.deep.equal([])
  })

  it('that AWS does not list is accepted, with the nearest one named', () => {
    expect(problemOfRegion('eu-central-99')).to.equal(undefined)
    expect(doubtOfRegion('eu-central-99')).to.match(
      /^AWS listed no region "eu-central-99" in .*Did you mean "eu-central-1"\?$/,
    )
  })

  for (const region of ['frankfurt', 'EU-CENTRAL-1', 'eu_central_1', 'eu-central-1 ', 'us-east-1/..']) {
    it(`can not be named ${JSON.stringify(region)}`, () => {
      expect(problemOfRegion(region)).to.include('is not the name of an AWS region')
    })
  }
})
