// Prints what stands in the README under "Setting it up"; needs what `.ci/install python_clients` puts under .cache.
import {setupTranscript} from '../test/support/setup-transcript.ts'

process.stdout.write(`${await setupTranscript()}\n`)
