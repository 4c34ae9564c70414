import {expect} from 'chai'
import {javascriptReaderOf, judge, ownReaderOf, playRound} from '../support/aws-config-rounds.ts'

describe('random edits of random AWS configuration files', () => {
  for (const kind of ['config', 'credentials'] as const) {
    it(`change in ${kind} what is meant alone, for our reader and that of the AWS SDK for JavaScript`, async () => {
      const readers = {ours: ownReaderOf(kind), 'AWS SDK for JavaScript': javascriptReaderOf(kind)}
      const first = Math.floor(Math.random() * 2 ** 31)
      let made = 0
      for (let seed = first; seed < first + 400; seed++) {
        const round = playRound(seed, kind)
        if (!round) continue
        await judge(round, readers)
        if (round.before !== round.after) made++
      }
      expect(made, `of 400 rounds from seed ${first} on`).to.be.greaterThan(200)
    })
  }
})
