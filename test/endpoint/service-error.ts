// What a service refuses, as its clients see it: name, message, HTTP status.

export interface ServiceError {
  readonly refused: true;
  readonly name: string;
  readonly message: string;
  readonly status: number;
  /** Further members of the body (ErrorCode of EMR's InvalidRequestException). */
  readonly more?: Readonly<Record<string, string>>;
}

/** Carries a ServiceError out of a handler; everything else that is thrown is a bug of the endpoint. */
export class Refusal extends Error {
  readonly error: ServiceError;

  constructor(error: ServiceError) {
    super(`${error.name}: ${error.message}`);
    this.error = error;
  }
}

const refusal = (name: string, status: number) => (message: string): Refusal => new Refusal({ refused: true, name, message, status });

export const validation = refusal("ValidationException", 400);
export const notFound = refusal("ResourceNotFoundException", 404);
export const conflict = refusal("ConflictException", 409);
export const internal = refusal("InternalServerException", 500);
export const serialization = refusal("SerializationException", 400);
export const unknownOperation = refusal("UnknownOperationException", 404);
export const accessDenied = refusal("AccessDeniedException", 403);

/** EMR's own: HTTP 400 with an ErrorCode beside the message. */
export const invalidRequest = (message: string): Refusal => new Refusal({ refused: true, name: "InvalidRequestException", message, status: 400, more: { ErrorCode: "ValidationException" } });

/** EMR answers throttling with 400, EMR Serverless with 429. */
export const throttling = (status: 400 | 429): Refusal => new Refusal({ refused: true, name: "ThrottlingException", message: "Rate exceeded", status });
