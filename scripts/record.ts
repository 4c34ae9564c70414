// Regenerates docs/images/first-day.svg; needs what `.ci/install python_clients` installs under .cache.
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {root} from '../test/support/sandbox.ts'
import {firstDay} from './recording/first-day.ts'

await writeFile(join(root, 'docs/images/first-day.svg'), await firstDay())
