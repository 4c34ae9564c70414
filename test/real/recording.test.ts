import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {firstDay} from '../../scripts/recording/first-day.ts'
import {root} from '../support/sandbox.ts'

describe('The recording in the README', () => {
  it('shows the first day as it is, byte for byte; `npm run record` makes it again', async function () {
    // Each key waits until the one before it is seen.
    this.timeout(300_000)
    const committed = await readFile(join(root, 'docs/images/first-day.svg'), 'utf8')
    expect(
      (await firstDay()) === committed,
      'docs/images/first-day.svg shows something else; made anew by: npm run record',
    ).to.equal(true)
  })
})
