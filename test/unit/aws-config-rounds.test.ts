import {expect} from 'chai'
import {javascriptReaderOf, judge, ownReaderOf, playRound} from '../support/aws-config-rounds.ts'
import {seedsOf, usually} from '../support/rounds.ts'

describe('random edits of random AWS configuration files', () => {
  for (const kind of ['config', 'credentials'] as const) {
    it(`change only the intended setting in ${kind}, for our reader and the AWS SDK for JavaScript`, async () => {
      const readers = {ours: ownReaderOf(kind), 'AWS SDK for JavaScript': javascriptReaderOf(kind)}
      const rounds = usually(400)
      let made = 0
      for (const seed of seedsOf(rounds)) {
        const round = playRound(seed, kind)
        if (!round) continue
        await judge(round, readers)
        if (round.before !== round.after) made++
      }
      expect(made, `of ${rounds.count} rounds from seed ${rounds.seed} on`).to.be.greaterThan(rounds.count / 2)
    })
  }
})
