import {expect} from 'chai'
import {useHotScene} from '../support/hot.ts'
import {root} from '../support/machine.ts'
import {raceFor} from '../support/swap-race.ts'

describe('the launcher in the runtime folder of a stranger', () => {
  const scene = useHotScene(['sh'])

  it('never prints their copy, swapped for ours 20,000 times and more', async function () {
    if (!root) this.skip()
    const {swaps, lost} = await raceFor(2_500, scene)
    expect(swaps).to.be.greaterThan(20_000)
    expect(lost).to.equal(0)
  })
})
