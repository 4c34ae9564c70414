import {expect} from 'chai'
import {useHotScene} from '../support/hot.ts'
import {root} from '../support/machine.ts'
import {raceFor} from '../support/swap-race.ts'

describe('the launcher in the runtime folder of another user', () => {
  const scene = useHotScene(['sh'])

  it("never prints that user's copy, swapped with ours over 20,000 times", async function () {
    if (!root) this.skip()
    const {swaps, lost} = await raceFor(2_500, scene)
    expect(swaps).to.be.greaterThan(20_000)
    expect(lost).to.equal(0)
  })
})
