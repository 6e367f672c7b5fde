"""Each case as somebody would write it with `openai`'s Responses."""

from cases import CITY, PNG, WORK


def user(content):
    return {"role": "user", "content": content}


def assistant(content):
    return {"type": "message", "role": "assistant", "content": content}


def weather(strict=False):
    return {
        "type": "function",
        "name": "get_weather",
        "description": "The weather in a city.",
        "parameters": CITY,
        "strict": strict,
    }


TIME = {"type": "function", "name": "get_time", "parameters": {"type": "object", "properties": {}}, "strict": False}
HELLO = [user("Hello!")]
OSLO = [user("How is the weather in Oslo?")]


def call(call_id, city):
    arguments = f'{{"city":"{city}"}}'
    return {"type": "function_call", "call_id": call_id, "name": "get_weather", "arguments": arguments}


def result(call_id, output):
    return {"type": "function_call_output", "call_id": call_id, "output": output}


def picture(url):
    image = {"type": "input_image", "image_url": url, "detail": "auto"}
    return [user([{"type": "input_text", "text": "What is this?"}, image])]


CALLS = {
    "text": {"input": HELLO},
    "system": {"input": [{"role": "system", "content": "Be brief."}, *HELLO]},
    "developer": {"input": [{"role": "developer", "content": "Be brief."}, *HELLO]},
    "several-instructions": {
        "input": [
            {
                "role": "system",
                "content": [{"type": "input_text", "text": "Be brief."}, {"type": "input_text", "text": "Be kind."}],
            },
            *HELLO,
            assistant("Hi."),
            {"role": "system", "content": "Answer in French from now on."},
            user("How are you?"),
        ]
    },
    "multi-turn": {"input": [user("What is 2 + 2?"), assistant("4"), user("And twice that?")]},
    "same-speaker": {
        "input": [
            user("I have two questions."),
            user("What is 2 + 2?"),
            assistant("4."),
            assistant("What is the other?"),
            user("And twice that?"),
        ]
    },
    "empty-answer": {"input": [user("Hello?"), user("Are you there?")]},
    "image-data": {"input": picture(PNG)},
    "image-link": {"input": picture("https://example.com/cat.png")},
    "pdf": {
        "input": [
            user(
                [
                    {
                        "type": "input_file",
                        "filename": "report.pdf",
                        "file_data": "data:application/pdf;base64,JVBERi0xLjQKJSVFT0YK",
                    },
                    {"type": "input_text", "text": "Sum it up."},
                ]
            )
        ]
    },
    "refusal": {"input": [user("Pick a lock."), assistant("I cannot help with that."), user("Why not?")]},
    "tools": {"input": OSLO, "tools": [weather(), TIME], "tool_choice": "auto"},
    "tool-required": {
        "input": OSLO,
        "tools": [weather()],
        "tool_choice": "required",
        "parallel_tool_calls": False,
    },
    "tool-named": {
        "input": OSLO,
        "tools": [weather(strict=True)],
        "tool_choice": {"type": "function", "name": "get_weather"},
    },
    "tool-none": {"input": OSLO, "tools": [weather()], "tool_choice": "none"},
    "tool-result": {
        "input": [*OSLO, call("call_1", "Oslo"), result("call_1", "4 degrees, rain")],
        "tools": [weather()],
    },
    "parallel-results": {
        "input": [
            user("Oslo and Rome?"),
            assistant("I will look."),
            call("call_1", "Oslo"),
            call("call_2", "Rome"),
            result("call_1", '{"degrees":4}'),
            result("call_2", '{"degrees":21}'),
            user("Which is warmer?"),
        ],
        "tools": [weather()],
    },
    "json-schema": {
        "input": [user("Who wrote Faust, and when?")],
        "text": {"format": {"type": "json_schema", "name": "work", "schema": WORK, "strict": True}},
    },
    "json-object": {
        "input": [user("Who wrote Faust, and when? Answer in JSON.")],
        "text": {"format": {"type": "json_object"}},
    },
    "sampling": {"input": HELLO, "temperature": 0.5, "top_p": 0.9},
    "max-tokens": {"input": HELLO, "max_output_tokens": 100},
    "max-completion-tokens": {"input": HELLO, "max_output_tokens": 100},
    "no-length": {"input": HELLO},
    "reasoning-effort": {
        "input": [user("Is 9,007 prime?")],
        "reasoning": {"effort": "low"},
        "max_output_tokens": 16000,
    },
    "adaptive-thinking": {
        "input": [user("Is 9,011 prime?")],
        "reasoning": {"effort": "high"},
        "max_output_tokens": 16000,
    },
    "user": {"input": HELLO, "user": "user-17"},
    "logprobs": {"input": HELLO, "include": ["message.output_text.logprobs"], "top_logprobs": 3},
}
