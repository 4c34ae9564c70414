/** A refusal by one of the two services: the name of an exception in AWS's models, and words for people. */
export class ServiceError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

export function invalidRequest(message: string): ServiceError {
  return new ServiceError('InvalidRequestException', message)
}

export function invalidGrant(message: string): ServiceError {
  return new ServiceError('InvalidGrantException', message)
}
