"""What the conformance suite asks for by name: tools, resources and prompts, added to a server."""

import asyncio
import base64
import json
from typing import Annotated, Any

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.prompts.base import UserMessage
from mcp.shared.exceptions import MCPError
from mcp_types import (
    MISSING_REQUIRED_CLIENT_CAPABILITY,
    AudioContent,
    Completion,
    CompletionArgument,
    CompletionContext,
    EmbeddedResource,
    ImageContent,
    PromptReference,
    ResourceTemplateReference,
    SamplingMessage,
    TextContent,
    TextResourceContents,
)
from pydantic import BaseModel, Field

FIXTURE = "What the conformance suite asks for by this name."
IMAGE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
AUDIO = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA="
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }
    },
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}


class Reply(BaseModel):
    response: str = Field(description="User's response")


class Defaults(BaseModel):
    name: str = Field(default="John Doe", description="User name")
    age: int = Field(default=30, description="User age")
    score: float = Field(default=95.5, description="User score")
    status: str = Field(default="active", json_schema_extra={"enum": ["active", "inactive", "pending"]})
    verified: bool = Field(default=True, description="Verification status")


def titled(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"const": value, "title": title} for value, title in pairs]


class Choices(BaseModel):
    untitledSingle: str = Field(json_schema_extra={"enum": ["active", "inactive", "pending"]})
    titledSingle: str = Field(json_schema_extra={"oneOf": titled(("low", "Low"), ("high", "High"))})  # type: ignore[dict-item]
    untitledMulti: list[str] = Field(
        json_schema_extra={"items": {"type": "string", "enum": ["read", "write", "execute"]}}
    )
    titledMulti: list[str] = Field(json_schema_extra={"items": {"anyOf": titled(("bug", "Bug"), ("docs", "Docs"))}})  # type: ignore[dict-item]
    legacyEnum: str = Field(json_schema_extra={"enum": ["small", "large"], "enumNames": ["Small Size", "Large Size"]})


def resource(uri: str, text: str, kind: str = "text/plain") -> EmbeddedResource:
    return EmbeddedResource(type="resource", resource=TextResourceContents(uri=uri, mime_type=kind, text=text))


def words(text: str) -> TextContent:
    return TextContent(type="text", text=text)


def add_contents(server: MCPServer[Any]) -> None:
    """Tools that answer with each kind of content, or with an error."""

    @server.tool(description=FIXTURE)
    def test_simple_text() -> str:
        return "This is a simple text response for testing."

    @server.tool(description=FIXTURE)
    def test_image_content() -> list[ImageContent]:
        return [ImageContent(type="image", data=IMAGE, mime_type="image/png")]

    @server.tool(description=FIXTURE)
    def test_audio_content() -> list[AudioContent]:
        return [AudioContent(type="audio", data=AUDIO, mime_type="audio/wav")]

    @server.tool(description=FIXTURE)
    def test_embedded_resource() -> list[EmbeddedResource]:
        return [resource("test://embedded-resource", "This is an embedded resource content.")]

    @server.tool(description=FIXTURE)
    def test_multiple_content_types() -> list[TextContent | ImageContent | EmbeddedResource]:
        return [
            words("Multiple content types test:"),
            ImageContent(type="image", data=IMAGE, mime_type="image/png"),
            resource("test://mixed-content-resource", '{"test": "data", "value": 123}', "application/json"),
        ]

    @server.tool(description=FIXTURE)
    def test_error_handling() -> str:
        raise ToolError("This tool intentionally returns an error for testing")

    @server.tool(description=FIXTURE)
    def test_x_mcp_header(
        region: Annotated[str, Field(json_schema_extra={"x-mcp-header": "Region"})] = "<none>",
    ) -> str:
        return f"region={region}"

    @server.tool(description=FIXTURE)
    def json_schema_2020_12_tool() -> str:
        return "json_schema_2020_12_tool"

    tool = server._tool_manager.get_tool("json_schema_2020_12_tool")
    assert tool is not None
    tool.parameters = SCHEMA


def add_conversations(server: MCPServer[Any]) -> None:
    """Tools that tell, or ask the client, something while they run."""

    @server.tool(description=FIXTURE)
    async def test_tool_with_logging(ctx: Context) -> str:
        for text in ("Tool execution started", "Tool processing data", "Tool execution completed"):
            await ctx.info(text)
            await asyncio.sleep(0.05)
        return "Tool with logging executed successfully"

    @server.tool(description=FIXTURE)
    async def test_tool_with_progress(ctx: Context) -> str:
        for done in (0, 50, 100):
            await ctx.report_progress(progress=done, total=100, message=f"Completed step {done} of 100")
            await asyncio.sleep(0.05)
        return "done"

    @server.tool(description=FIXTURE)
    async def test_sampling(prompt: str, ctx: Context) -> str:
        result = await ctx.session.create_message(
            messages=[SamplingMessage(role="user", content=words(prompt))],
            max_tokens=100,
            related_request_id=ctx.request_id,
        )
        return f"LLM response: {result.content.text if result.content.type == 'text' else 'No response'}"

    async def ask(ctx: Context, message: str, schema: type[BaseModel]) -> str:
        result = await ctx.elicit(message=message, schema=schema)
        content = result.data.model_dump_json() if result.action == "accept" else "{}"
        return f"User response: action={result.action}, content={content}"

    @server.tool(description=FIXTURE)
    async def test_elicitation(message: str, ctx: Context) -> str:
        return await ask(ctx, message, Reply)

    @server.tool(description=FIXTURE)
    async def test_elicitation_sep1034_defaults(ctx: Context) -> str:
        return await ask(ctx, "Please provide user information", Defaults)

    @server.tool(description=FIXTURE)
    async def test_elicitation_sep1330_enums(ctx: Context) -> str:
        return await ask(ctx, "Please select values", Choices)

    @server.tool(description=FIXTURE)
    async def test_reconnection(ctx: Context) -> str:
        await ctx.info("Before disconnect")
        await ctx.close_sse_stream()
        await asyncio.sleep(0.2)
        await ctx.info("After reconnect")
        return "Reconnection test completed"

    @server.tool(description=FIXTURE)
    async def test_logging_tool(ctx: Context) -> str:
        await ctx.info("test_logging_tool ran")
        return "logged"

    @server.tool(description=FIXTURE)
    async def test_missing_capability(ctx: Context) -> str:
        capabilities = ctx.client_capabilities
        if capabilities is None or capabilities.sampling is None:
            raise MCPError(
                code=MISSING_REQUIRED_CLIENT_CAPABILITY,
                message="this tool needs sampling",
                data={"requiredCapabilities": {"sampling": {}}},
            )
        return "the client can sample"

    @server.tool(description=FIXTURE)
    async def test_trigger_tool_change(ctx: Context) -> str:
        await ctx.notify_tools_changed()
        return "tool list changed"

    @server.tool(description=FIXTURE)
    async def test_trigger_prompt_change(ctx: Context) -> str:
        await ctx.notify_prompts_changed()
        return "prompt list changed"


def add_resources_and_prompts(server: MCPServer[Any]) -> None:
    """Resources and prompts."""

    @server.resource("test://static-text")
    def static_text() -> str:
        return "This is the content of the static text resource."

    @server.resource("test://static-binary")
    def static_binary() -> bytes:
        return base64.b64decode(IMAGE)

    @server.resource("test://template/{id}/data")
    def template(id: str) -> str:  # noqa: A002 - the address names it
        return json.dumps({"id": id, "templateTest": True, "data": f"Data for ID: {id}"})

    @server.resource("test://watched-resource")
    def watched() -> str:
        return "Watched resource content"

    def user(content: Any) -> UserMessage:
        return UserMessage(role="user", content=content)

    @server.prompt(description=FIXTURE)
    def test_simple_prompt() -> list[UserMessage]:
        return [user(words("This is a simple prompt for testing."))]

    @server.prompt(description=FIXTURE)
    def test_prompt_with_arguments(arg1: str, arg2: str) -> list[UserMessage]:
        return [user(words(f"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'"))]

    @server.prompt(description=FIXTURE)
    def test_prompt_with_embedded_resource(resourceUri: str) -> list[UserMessage]:  # noqa: N803 - named by the suite
        text = user(words("Please process the embedded resource above."))
        return [user(resource(resourceUri, "Embedded resource content for testing.")), text]

    @server.prompt(description=FIXTURE)
    def test_prompt_with_image() -> list[UserMessage]:
        image = ImageContent(type="image", data=IMAGE, mime_type="image/png")
        return [user(image), user(words("Please analyze the image above."))]

    @server.completion()
    async def complete(
        ref: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        context: CompletionContext | None,
    ) -> Completion:
        return Completion(values=[], total=0, has_more=False)
