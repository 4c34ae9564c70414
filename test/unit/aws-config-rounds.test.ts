import {expect} from 'chai'
import {javascriptReader, judge, ownReader, playRound} from '../support/aws-config-rounds.ts'

describe('random edits of random AWS configuration files', () => {
  it('change what is meant and nothing else, for our reader and that of the AWS SDK for JavaScript', async () => {
    const first = Math.floor(Math.random() * 2 ** 31)
    let made = 0
    for (let seed = first; seed < first + 500; seed++) {
      const round = playRound(seed)
      if (!round) continue
      await judge(round, {ours: ownReader, 'AWS SDK for JavaScript': javascriptReader})
      if (round.before !== round.after) made++
    }
    expect(made, `of 500 rounds from seed ${first} on`).to.be.greaterThan(250)
  })
})
