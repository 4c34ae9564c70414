import {expect} from 'chai'
import {when} from '../../src/formats/when.ts'

const now = new Date(2026, 10, 25, 14, 5)
const inMinutes = (minutes: number) => when(new Date(now.getTime() + minutes * 60_000), now)

describe('a time for the user', () => {
  it('says how far away it is, in the largest unit of which there are two', () => {
    expect(inMinutes(0)).to.equal('14:05 (now)')
    expect(inMinutes(1)).to.equal('14:06 (in 1 minute)')
    expect(inMinutes(119)).to.equal('16:04 (in 119 minutes)')
    expect(inMinutes(120)).to.equal('16:05 (in 2 hours)')
    expect(inMinutes(-43)).to.equal('13:22 (43 minutes ago)')
  })

  it('names the day where it is another day', () => {
    expect(inMinutes(10 * 60)).to.equal('2026-11-26 00:05 (in 10 hours)')
    expect(inMinutes(-2 * 1440)).to.equal('2026-11-23 14:05 (2 days ago)')
    expect(inMinutes(40 * 1440)).to.equal('2027-01-04 14:05 (in 40 days)')
  })
})
