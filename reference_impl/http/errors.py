"""How a request is refused: always with a text that names what was wrong, fit to show to the caller."""

from __future__ import annotations


class Refusal(Exception):
    """An answer that is not a success. `kind` goes into x-amzn-ErrorType."""

    status = 400
    kind = "ClientException"

    def __init__(self, message: str, *, headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.headers = headers


class ClientException(Refusal):
    """The one error of the caller that Batch models (ERR-01)."""


class ResourceNotFound(Refusal):
    """CloudWatch Logs: there is no such group or stream."""

    kind = "ResourceNotFoundException"


class InvalidParameter(Refusal):
    """CloudWatch Logs: its name for an error of the caller."""

    kind = "InvalidParameterException"


class AccessDenied(Refusal):
    """The request comes from where none may come from."""

    status, kind = 403, "AccessDeniedException"


class UnknownPath(Refusal):
    """No operation lives there."""

    status, kind = 404, "UnknownOperationException"


class WrongMethod(Refusal):
    """An operation lives there, but not under this method."""

    status, kind = 405, "MethodNotAllowedException"


class TooSlow(Refusal):
    """The caller did not send in time what it announced."""

    status, kind = 408, "RequestTimeoutException"


class BodyTooLarge(Refusal):
    """More bytes than this server is ready to read."""

    status, kind = 413, "RequestEntityTooLargeException"


class WrongContentType(Refusal):
    """The body is not JSON by its own account."""

    status, kind = 415, "UnsupportedMediaTypeException"


class NotServed(Refusal):
    """An operation of Batch that this server does not do yet."""

    status, kind = 501, "NotImplementedException"


class ServerException(Refusal):
    """A fault of this server's own (ERR-01)."""

    status, kind = 500, "ServerException"
