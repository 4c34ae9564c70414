import {behavesInEveryPlace} from '../support/place-suite.ts'

describe('on a machine in a state of its own', () => behavesInEveryPlace({part: 'a third'}))
