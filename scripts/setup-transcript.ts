// Prints the transcript for "Setting it up" in the README; needs what `.ci/install python_clients` installs under
// .cache.
import {setupTranscript} from '../test/support/setup-transcript.ts'

process.stdout.write(`${await setupTranscript()}\n`)
