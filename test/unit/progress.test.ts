import {expect} from 'chai'
import {progressOn} from '../../src/outside/terminal/progress.ts'

const clearLine = '\r\u001b[K'

describe('The progress line', () => {
  let shown = ''
  let due: (() => void) | undefined
  let columns = 80

  const progress = () => {
    ;[shown, due, columns] = ['', undefined, 80]
    return progressOn({
      write: text => {
        shown += text
      },
      columns: () => columns,
      after(milliseconds, work) {
        expect(milliseconds).to.equal(1000)
        expect(due, 'one clock at a time').to.equal(undefined)
        due = work
        return () => {
          due = undefined
        }
      },
    })
  }

  it('does not appear within the first second, and then names the current stage', () => {
    const {waitingFor} = progress()
    waitingFor('one')
    waitingFor('two')
    expect(shown).to.equal('')
    due?.()
    expect(shown).to.equal('two')
  })

  it('is replaced by the next stage, and removed in the end', () => {
    const {waitingFor} = progress()
    waitingFor('one')
    due?.()
    waitingFor('two')
    waitingFor('two')
    waitingFor(undefined)
    expect(shown).to.equal(`one${clearLine}two${clearLine}`)
  })

  it('never appears when the work ends within the second', () => {
    const {waitingFor} = progress()
    waitingFor('one')
    waitingFor(undefined)
    expect(due).to.equal(undefined)
    expect(shown).to.equal('')
  })

  it('appears again, a second later, for the next work', () => {
    const {waitingFor} = progress()
    waitingFor('one')
    due?.()
    due = undefined
    waitingFor(undefined)
    waitingFor('two')
    expect(shown).to.equal(`one${clearLine}`)
    Object(due).call()
    expect(shown).to.equal(`one${clearLine}two`)
  })

  it('makes way for other output, and comes back below it', () => {
    const {waitingFor, above} = progress()
    const say = (text: string) =>
      above(() => {
        shown += text
      })
    say('early\n')
    waitingFor('one')
    due?.()
    say('late\n')
    expect(shown).to.equal(`early\none${clearLine}late\none`)
  })

  it('is shorter than the terminal is wide: a line that wraps could not be removed', () => {
    const {waitingFor} = progress()
    columns = 10
    waitingFor('0123456789')
    due?.()
    expect(shown).to.equal('012345678')
  })

  it('is a notice at once, instead of what we wait for, which comes back after it', () => {
    const {waitingFor, notice} = progress()
    waitingFor('one')
    due?.()
    const done = notice('Touch it.')
    waitingFor('two')
    done()
    done()
    expect(shown).to.equal(`one${clearLine}Touch it.${clearLine}two`)
  })

  it('is the latest of several notices, and none once all are taken away', () => {
    const {notice, above} = progress()
    const first = notice('first')
    notice('second')
    first()
    above(() => {
      shown += 'late\n'
    })
    expect(shown).to.equal(`first${clearLine}second${clearLine}late\nsecond`)
  })

  it('is gone, notices too, before a question', () => {
    const {notice, waitingFor, clear} = progress()
    waitingFor('one')
    const done = notice('first')
    clear()
    done()
    expect(shown).to.equal(`first${clearLine}`)
    expect(due).to.equal(undefined)
  })
})
