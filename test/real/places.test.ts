import {behavesInEveryPlace} from '../support/place-suite.ts'

describe('on a machine in every state', () => behavesInEveryPlace({everyThird: false}))
