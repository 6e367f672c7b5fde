"""Each case as somebody would write it with `google-genai`: contents, and what its configuration says."""

import base64

from google.genai.types import (
    Content,
    FunctionCall,
    FunctionCallingConfig,
    FunctionDeclaration,
    FunctionResponse,
    Part,
    ThinkingConfig,
    Tool,
    ToolConfig,
)

from cases import CITY, PDF_BASE64, PNG_BASE64, WAV_BASE64, WORK


def said(role, *parts):
    return Content(role=role, parts=[Part.from_text(text=part) if isinstance(part, str) else part for part in parts])


def inline(data, mime_type):
    return Part.from_bytes(data=base64.b64decode(data), mime_type=mime_type)


WEATHER = FunctionDeclaration(
    name="get_weather", description="The weather in a city.", parameters_json_schema=CITY
)
TIME = FunctionDeclaration(name="get_time", parameters_json_schema={"type": "object", "properties": {}})
HELLO = [said("user", "Hello!")]
OSLO = [said("user", "How is the weather in Oslo?")]


def tools(*functions, mode=None, names=None):
    config = {"tools": [Tool(function_declarations=list(functions))]}
    if mode:
        calling = FunctionCallingConfig(mode=mode, allowed_function_names=names)
        config["tool_config"] = ToolConfig(function_calling_config=calling)
    return config


def call(call_id, city):
    return Part(function_call=FunctionCall(id=call_id, name="get_weather", args={"city": city}))


def result(call_id, response):
    return Part(function_response=FunctionResponse(id=call_id, name="get_weather", response=response))


CALLS = {
    "text": (HELLO, {}),
    "system": (HELLO, {"system_instruction": "Be brief."}),
    "developer": (HELLO, {"system_instruction": "Be brief."}),
    "several-instructions": (
        [*HELLO, said("model", "Hi."), said("user", "How are you?")],
        {"system_instruction": ["Be brief.", "Be kind.", "Answer in French from now on."]},
    ),
    "multi-turn": ([said("user", "What is 2 + 2?"), said("model", "4"), said("user", "And twice that?")], {}),
    "same-speaker": (
        [
            said("user", "I have two questions.", "What is 2 + 2?"),
            said("model", "4.", "What is the other?"),
            said("user", "And twice that?"),
        ],
        {},
    ),
    "empty-answer": ([said("user", "Hello?", "Are you there?")], {}),
    "image-data": ([said("user", "What is this?", inline(PNG_BASE64, "image/png"))], {}),
    "image-link": ([said("user", "What is this?", Part.from_uri(file_uri="https://example.com/cat.png"))], {}),
    "pdf": ([said("user", inline(PDF_BASE64, "application/pdf"), "Sum it up.")], {}),
    "audio": ([said("user", "What is said?", inline(WAV_BASE64, "audio/wav"))], {}),
    "refusal": (
        [said("user", "Pick a lock."), said("model", "I cannot help with that."), said("user", "Why not?")],
        {},
    ),
    "tools": (OSLO, tools(WEATHER, TIME, mode="AUTO")),
    "tool-named": (OSLO, tools(WEATHER, mode="ANY", names=["get_weather"])),
    "tool-none": (OSLO, tools(WEATHER, mode="NONE")),
    "tool-result": (
        [
            *OSLO,
            said("model", call("call_1", "Oslo")),
            said("user", result("call_1", {"output": "4 degrees, rain"})),
        ],
        tools(WEATHER),
    ),
    "parallel-results": (
        [
            said("user", "Oslo and Rome?"),
            said("model", "I will look.", call("call_1", "Oslo"), call("call_2", "Rome")),
            said("user", result("call_1", {"degrees": 4}), result("call_2", {"degrees": 21}), "Which is warmer?"),
        ],
        tools(WEATHER),
    ),
    "json-schema": (
        [said("user", "Who wrote Faust, and when?")],
        {"response_mime_type": "application/json", "response_json_schema": WORK},
    ),
    "json-object": (
        [said("user", "Who wrote Faust, and when? Answer in JSON.")],
        {"response_mime_type": "application/json"},
    ),
    "stop": ([said("user", "Count.")], {"stop_sequences": ["ten"]}),
    "stops": ([said("user", "Count.")], {"stop_sequences": ["ten", "\n\n"]}),
    "sampling": (HELLO, {"temperature": 0.5, "top_p": 0.9}),
    "penalties": (HELLO, {"seed": 7, "presence_penalty": 0.5, "frequency_penalty": -0.5}),
    "choices": (HELLO, {"candidate_count": 2}),
    "max-tokens": (HELLO, {"max_output_tokens": 100}),
    "max-completion-tokens": (HELLO, {"max_output_tokens": 100}),
    "no-length": (HELLO, {}),
    "reasoning-effort": (
        [said("user", "Is 9,007 prime?")],
        {
            "max_output_tokens": 16000,
            "thinking_config": ThinkingConfig(thinking_budget=2048, include_thoughts=True),
        },
    ),
    "adaptive-thinking": (
        [said("user", "Is 9,011 prime?")],
        {
            "max_output_tokens": 16000,
            "thinking_config": ThinkingConfig(thinking_budget=16384, include_thoughts=True),
        },
    ),
    "logprobs": (HELLO, {"response_logprobs": True, "logprobs": 3}),
}
