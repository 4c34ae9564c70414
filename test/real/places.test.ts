import {behavesInEveryPlace} from '../support/place-suite.ts'

// What is left of the table by test/cli/places.test.ts.
describe('on a machine in any other state', () => behavesInEveryPlace({part: 'the rest'}))
