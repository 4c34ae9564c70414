import {expect} from 'chai'
import {groupWitness} from '../../src/outside/processes/witness.ts'

describe('who tells whether a signal went to the whole group', () => {
  it('lets SIGTERM be handed on where there is no shell that could tell, as in an image without one', async () => {
    const witness = groupWitness('/nonexistent/sh')
    try {
      expect(await witness.saw('SIGTERM')).to.equal(false)
      expect(await witness.saw('SIGHUP')).to.equal(false)
      expect(await witness.saw('SIGINT')).to.equal(true)
    } finally {
      witness.leave()
    }
  })

  it('saw nothing of what was sent to nobody', async () => {
    const witness = groupWitness()
    try {
      expect(await witness.saw('SIGTERM')).to.equal(false)
    } finally {
      witness.leave()
    }
  })
})
