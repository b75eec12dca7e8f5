"""Tools that answer with a question: the client calls again and brings what was asked for (revision 2026-07-28)."""

import json
from typing import Any

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.prompts.base import UserMessage
from mcp_types import (
    CreateMessageRequest,
    CreateMessageRequestParams,
    CreateMessageResult,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequest,
    InputRequiredResult,
    ListRootsRequest,
    ListRootsResult,
    SamplingMessage,
    TextContent,
)

from tests.conformance.fixtures import FIXTURE


def form(message: str, name: str, kind: str = "string") -> ElicitRequest:
    schema = {"type": "object", "properties": {name: {"type": kind}}, "required": [name]}
    return ElicitRequest(params=ElicitRequestFormParams(message=message, requested_schema=schema))


def sample(text: str) -> CreateMessageRequest:
    message = SamplingMessage(role="user", content=TextContent(type="text", text=text))
    return CreateMessageRequest(params=CreateMessageRequestParams(messages=[message], max_tokens=100))


def filled(answer: Any, name: str) -> Any:
    return answer.content.get(name) if isinstance(answer, ElicitResult) and answer.content else "?"


def add_single_rounds(server: MCPServer[Any]) -> None:
    """One question."""

    @server.tool(description=FIXTURE)
    async def test_input_required_result_elicitation(ctx: Context) -> str | InputRequiredResult:
        answers = ctx.input_responses or {}
        if "user_name" in answers:
            return f"Hello, {filled(answers['user_name'], 'name')}!"
        return InputRequiredResult(input_requests={"user_name": form("What is your name?", "name")})

    @server.tool(description=FIXTURE)
    async def test_input_required_result_sampling(ctx: Context) -> str | InputRequiredResult:
        answer = (ctx.input_responses or {}).get("capital_question")
        if isinstance(answer, CreateMessageResult):
            return f"Model said: {answer.content.text if answer.content.type == 'text' else '?'}"
        return InputRequiredResult(input_requests={"capital_question": sample("What is the capital of France?")})

    @server.tool(description=FIXTURE)
    async def test_input_required_result_list_roots(ctx: Context) -> str | InputRequiredResult:
        answer = (ctx.input_responses or {}).get("client_roots")
        if isinstance(answer, ListRootsResult):
            return f"Client exposed {len(answer.roots)} root(s)."
        return InputRequiredResult(input_requests={"client_roots": ListRootsRequest()})

    @server.prompt(description=FIXTURE)
    async def test_input_required_result_prompt(ctx: Context) -> list[UserMessage] | InputRequiredResult:
        answers = ctx.input_responses or {}
        if "user_context" in answers:
            text = f"Use the following context: {filled(answers['user_context'], 'context')}"
            return [UserMessage(role="user", content=TextContent(type="text", text=text))]
        return InputRequiredResult(input_requests={"user_context": form("What context?", "context")})


def add_rounds_with_state(server: MCPServer[Any]) -> None:
    """Several questions, or a state that the client hands back."""

    @server.tool(description=FIXTURE)
    async def test_input_required_result_request_state(ctx: Context) -> str | InputRequiredResult:
        if "confirm" in (ctx.input_responses or {}) and ctx.request_state == "request-state-nonce":
            return "state-ok: confirmation received"
        confirm = form("Please confirm", "ok", "boolean")
        return InputRequiredResult(input_requests={"confirm": confirm}, request_state="request-state-nonce")

    @server.tool(description=FIXTURE)
    async def test_input_required_result_tampered_state(ctx: Context) -> str | InputRequiredResult:
        if ctx.request_state is not None:
            return f"state-ok: {ctx.request_state}"
        confirm = form("Please confirm", "ok", "boolean")
        return InputRequiredResult(input_requests={"confirm": confirm}, request_state="round-1")

    @server.tool(description=FIXTURE)
    async def test_input_required_result_multiple_inputs(ctx: Context) -> str | InputRequiredResult:
        asked: dict[str, InputRequest] = {
            "user_name": form("What is your name?", "name"),
            "greeting": sample("Generate a greeting"),
            "client_roots": ListRootsRequest(),
        }
        if asked.keys() <= (ctx.input_responses or {}).keys():
            return "All inputs received."
        return InputRequiredResult(input_requests=asked, request_state="multiple-inputs")

    @server.tool(description=FIXTURE)
    async def test_input_required_result_multi_round(ctx: Context) -> str | InputRequiredResult:
        state: dict[str, Any] = json.loads(ctx.request_state) if ctx.request_state else {"round": 0}
        answers = ctx.input_responses or {}
        if state["round"] == 1 and "step1" in answers:
            told = {"round": 2, "name": filled(answers["step1"], "name")}
            asked = form("Step 2: What is your favorite color?", "color")
            return InputRequiredResult(input_requests={"step2": asked}, request_state=json.dumps(told))
        if state["round"] == 2 and "step2" in answers:
            return f"{state['name']} likes {filled(answers['step2'], 'color')}."
        asked = form("Step 1: What is your name?", "name")
        return InputRequiredResult(input_requests={"step1": asked}, request_state=json.dumps({"round": 1}))

    @server.tool(description=FIXTURE)
    async def test_input_required_result_capabilities(ctx: Context) -> InputRequiredResult:
        able = ctx.client_capabilities
        asked: dict[str, InputRequest] = {}
        if able is None or able.sampling is not None:
            asked["sample"] = sample("Say hello")
        if able is None or able.elicitation is not None:
            asked["ask"] = form("What is your name?", "name")
        return InputRequiredResult(input_requests=asked, request_state="capability-gated")
