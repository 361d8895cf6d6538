"""What the services that moto lacks have in common: a response class that obeys botocore's service model."""

from collections.abc import Sequence
from typing import Any, TypeVar

from botocore.model import OperationNotFoundError
from moto.core.exceptions import ServiceException
from moto.core.parse import RequestParserError
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import get_service_model

from scripts.sandbox.validation import Violation, violations

Item = TypeVar("Item")


class ValidationException(ServiceException):
    """A request that AWS rejects before it looks at anything else."""

    code = "ValidationException"

    def __init__(self, problems: Sequence[Violation], reason: str = "fieldValidationFailed") -> None:
        sentences = "; ".join(map(str, problems))
        super().__init__(f"{len(problems)} validation error{'s'[: len(problems) > 1]} detected: {sentences}")
        self.reason = reason
        self.fieldList = [{"name": problem.member, "message": str(problem)} for problem in problems]


class SerializationException(ServiceException):
    """A body that is not what the model describes at all."""

    code = "SerializationException"


class ModelledResponse(BaseResponse):
    """A moto response class whose requests and answers are checked against the service's model.

    Methods are named as in moto, take their parameters from `self.params` and return a dict (or None).
    """

    _action: str = ""

    def call_action(self) -> Any:
        try:
            operation = get_service_model(self.boto3_service_name).operation_model(self._get_action())
        except OperationNotFoundError:
            return 404, self.response_headers, "{}"
        try:
            self.parse_parameters(self.normalized_request)
            problems = list(violations(self.params, operation.input_shape)) if operation.input_shape else []
            if problems:
                raise ValidationException(problems)
        except (RequestParserError, ValueError, TypeError, AttributeError) as problem:
            # moto's parser stumbles in its own ways over bodies that the model does not describe.
            return self.serialized(ActionResult(SerializationException(str(problem))))
        except ServiceException as problem:
            return self.serialized(ActionResult(problem))
        self.automated_parameter_parsing = True
        return super().call_action()

    def _get_action(self) -> str:
        if not self._action:
            self._action = super()._get_action()
        return self._action

    def answer(self, result: dict[str, Any] | None = None) -> ActionResult:
        """Return `result` as moto's answer.

        Raises:
            RuntimeError: the answer is not what the service model promises; a mistake in the sandbox.
        """
        operation = get_service_model(self.boto3_service_name).operation_model(self._get_action())
        if operation.output_shape:
            problems = list(violations(result or {}, operation.output_shape))
            if problems:
                raise RuntimeError(f"{operation.name} would answer what its model forbids: {problems[0].member}")
        return ActionResult(result or {})

    def page(self, items: Sequence[Item], default: int = 100) -> tuple[list[Item], str | None]:
        """Return the page that maxResults and nextToken ask for, and the token of the one after it.

        Raises:
            ValidationException: nextToken was not given out by this operation.
        """
        token, size = self.params.get("nextToken"), self.params.get("maxResults") or default
        if token is not None and not (token.isdecimal() and int(token) < len(items)):
            raise ValidationException([Violation("nextToken", "The token is not valid", token)])
        start = int(token or 0)
        end = start + size
        return list(items[start:end]), str(end) if end < len(items) else None
