import {expect} from 'chai'
import {groupWitness} from '../../src/outside/processes/witness.ts'

describe('the witness of signals to the whole group', () => {
  it('lets SIGTERM be passed on where there is no shell to run, as in an image without one', async () => {
    const witness = groupWitness('/nonexistent/sh')
    try {
      expect(await witness.saw('SIGTERM')).to.equal(false)
      expect(await witness.saw('SIGHUP')).to.equal(false)
      expect(await witness.saw('SIGINT')).to.equal(true)
    } finally {
      witness.leave()
    }
  })

  it('saw no signal that was not sent', async () => {
    const witness = groupWitness()
    try {
      expect(await witness.saw('SIGTERM')).to.equal(false)
    } finally {
      witness.leave()
    }
  })
})
