import type {SealedEnvelope} from '../../providers/envelope.ts'
import {parseSealingKey, unseal} from '../../providers/sealing.ts'
import type {Pointer} from '../pointer.ts'
import {documentOf} from './entry.ts'

/** The document of a sealed entry. A file of its own, because it loads node:crypto. */
export function openedDocument(
  envelope: SealedEnvelope,
  keyText: string | undefined,
  pointer: Pointer,
  now: Date,
): string | undefined {
  const key = parseSealingKey(keyText)
  const entry = key && unseal(envelope, key)
  return entry && documentOf(entry.value, entry.expiresAt, pointer, now)
}
