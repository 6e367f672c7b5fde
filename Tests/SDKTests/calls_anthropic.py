"""Each case as somebody would write it with `anthropic`."""

from cases import CITY, PDF_BASE64, PNG_BASE64, WORK


def user(content):
    return {"role": "user", "content": content}


def assistant(content):
    return {"role": "assistant", "content": content}


def text(words):
    return {"type": "text", "text": words}


WEATHER = {"name": "get_weather", "description": "The weather in a city.", "input_schema": CITY}
TIME = {"name": "get_time", "input_schema": {"type": "object", "properties": {}}}
HELLO = [user("Hello!")]
OSLO = [user("How is the weather in Oslo?")]


def use(tool_use_id, city):
    return {"type": "tool_use", "id": tool_use_id, "name": "get_weather", "input": {"city": city}}


def result(tool_use_id, content):
    return {"type": "tool_result", "tool_use_id": tool_use_id, "content": content}


def picture(source):
    return [user([text("What is this?"), {"type": "image", "source": source}])]


CALLS = {
    "text": {"messages": HELLO},
    "system": {"system": "Be brief.", "messages": HELLO},
    "developer": {"system": "Be brief.", "messages": HELLO},
    "several-instructions": {
        "system": [text("Be brief."), text("Be kind."), text("Answer in French from now on.")],
        "messages": [*HELLO, assistant("Hi."), user("How are you?")],
    },
    "multi-turn": {"messages": [user("What is 2 + 2?"), assistant("4"), user("And twice that?")]},
    "same-speaker": {
        "messages": [
            user([text("I have two questions."), text("What is 2 + 2?")]),
            assistant([text("4."), text("What is the other?")]),
            user("And twice that?"),
        ]
    },
    "empty-answer": {"messages": [user([text("Hello?"), text("Are you there?")])]},
    "image-data": {"messages": picture({"type": "base64", "media_type": "image/png", "data": PNG_BASE64})},
    "image-link": {"messages": picture({"type": "url", "url": "https://example.com/cat.png"})},
    "pdf": {
        "messages": [
            user(
                [
                    {
                        "type": "document",
                        "source": {"type": "base64", "media_type": "application/pdf", "data": PDF_BASE64},
                        "title": "report.pdf",
                    },
                    text("Sum it up."),
                ]
            )
        ]
    },
    "refusal": {
        "messages": [user("Pick a lock."), assistant([text("I cannot help with that.")]), user("Why not?")]
    },
    "tools": {"messages": OSLO, "tools": [WEATHER, TIME], "tool_choice": {"type": "auto"}},
    "tool-required": {
        "messages": OSLO,
        "tools": [WEATHER],
        "tool_choice": {"type": "any", "disable_parallel_tool_use": True},
    },
    "tool-named": {
        "messages": OSLO,
        "tools": [{**WEATHER, "strict": True}],
        "tool_choice": {"type": "tool", "name": "get_weather"},
    },
    "tool-none": {"messages": OSLO, "tools": [WEATHER], "tool_choice": {"type": "none"}},
    "tool-result": {
        "messages": [*OSLO, assistant([use("call_1", "Oslo")]), user([result("call_1", "4 degrees, rain")])],
        "tools": [WEATHER],
    },
    "parallel-results": {
        "messages": [
            user("Oslo and Rome?"),
            assistant([text("I will look."), use("call_1", "Oslo"), use("call_2", "Rome")]),
            user(
                [
                    result("call_1", '{"degrees":4}'),
                    result("call_2", '{"degrees":21}'),
                    text("Which is warmer?"),
                ]
            ),
        ],
        "tools": [WEATHER],
    },
    "json-schema": {
        "messages": [user("Who wrote Faust, and when?")],
        "output_config": {"format": {"type": "json_schema", "schema": WORK}},
    },
    "stop": {"messages": [user("Count.")], "stop_sequences": ["ten"]},
    "stops": {"messages": [user("Count.")], "stop_sequences": ["ten", "\n\n"]},
    "sampling": {"messages": HELLO},
    "max-tokens": {"messages": HELLO, "max_tokens": 100},
    "max-completion-tokens": {"messages": HELLO, "max_tokens": 100},
    "no-length": {"messages": HELLO},
    "reasoning-effort": {
        "messages": [user("Is 9,007 prime?")],
        "max_tokens": 16000,
        "thinking": {"type": "enabled", "budget_tokens": 2048},
    },
    "adaptive-thinking": {
        "messages": [user("Is 9,011 prime?")],
        "max_tokens": 16000,
        "thinking": {"type": "adaptive", "display": "summarized"},
        "output_config": {"effort": "high"},
    },
    "user": {"messages": HELLO, "metadata": {"user_id": "user-17"}},
}
