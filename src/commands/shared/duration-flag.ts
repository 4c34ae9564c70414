import {Flags} from '@oclif/core'
import {checkSessionDuration, readDuration} from '../../config/duration.ts'
import {AwsOidcError} from '../../errors.ts'

/** `--duration 12h`, checked before anything else happens. */
const duration = Flags.custom<number>({
  description: 'length of the role session, 15m to 12h',
  helpValue: '12h',
  parse: async text => {
    const seconds = readDuration(text)
    if (seconds !== undefined) return checkSessionDuration(seconds, '--duration')
    throw new AwsOidcError('USAGE', `--duration: "${text}" is not a duration.`, {hint: '--duration 12h, 90m or 3600'})
  },
})

export const durationFlag = duration()

export const consoleDurationFlag = duration({
  description: 'how long the console lasts, 15m to 12h (not for a profile that switches roles)',
})
