"""The official SDKs, given the same chats, send the bodies that we send: the same fields, case by case.

The bodies are in the files of the cases, and the Swift tests (EncodingFixtureTests) prove that they are what we send. What an SDK does
otherwise is an exception with a reason, in the case's file.
"""

import anthropic
import openai
import pytest
from google import genai
from pydantic import TypeAdapter

import calls_anthropic
import calls_gemini
import calls_responses
from cases import CASES, bodies
from difference import differences
from recorder import Recorder

DIALECTS = ["chat-completions", "responses", "anthropic", "gemini", "ollama"]


@pytest.fixture(scope="module")
def recorder():
    recorder = Recorder()
    yield recorder
    recorder.close()


@pytest.fixture(scope="module")
def openai_client(recorder):
    with openai.OpenAI(base_url=f"{recorder.url}/v1", api_key="key", max_retries=0) as client:
        yield client


@pytest.fixture(scope="module")
def anthropic_client(recorder):
    with anthropic.Anthropic(base_url=recorder.url, api_key="key", max_retries=0) as client:
        yield client


@pytest.fixture(scope="module")
def gemini_client(recorder):
    client = genai.Client(api_key="key", http_options=genai.types.HttpOptions(base_url=recorder.url))
    yield client
    client.close()


def exceptions_of(name, dialect):
    exceptions = [exception for exception in CASES[name].get("exceptions", []) if exception["dialect"] == dialect]
    assert all(exception["reason"] for exception in exceptions)
    return exceptions


def assert_same(name, dialect, theirs):
    assert not differences(CASES[name]["bodies"][dialect], theirs, exceptions_of(name, dialect))


@pytest.mark.parametrize("name", bodies("chat-completions"))
def test_chat_completions(name, recorder, openai_client):
    request = CASES[name]["request"]
    options = {"stream": True, "stream_options": {"include_usage": True}}
    path, _, body = recorder.sent_by(
        lambda: openai_client.chat.completions.create(
            model="gpt-5", messages=request["messages"], **request.get("params", {}), **options
        )
    )
    assert path == "/v1/chat/completions"
    assert_same(name, "chat-completions", body)


@pytest.mark.parametrize("name", bodies("responses"))
def test_responses(name, recorder, openai_client):
    call = calls_responses.CALLS[name]
    # Chat completions keep nothing unless asked, Responses everything unless told not to.
    path, _, body = recorder.sent_by(
        lambda: openai_client.responses.create(model="gpt-5", store=False, stream=True, **call)
    )
    assert path == "/v1/responses"
    assert_same(name, "responses", body)


@pytest.mark.parametrize("name", bodies("anthropic"))
def test_anthropic(name, recorder, anthropic_client):
    # The length is what we say where nobody does.
    call = {"max_tokens": 4096, **calls_anthropic.CALLS[name]}
    model = CASES[name].get("models", {}).get("anthropic", "claude-sonnet-4-5")
    path, headers, body = recorder.sent_by(
        lambda: anthropic_client.messages.create(model=model, stream=True, **call)
    )
    assert path == "/v1/messages"
    assert "anthropic-version" in headers
    assert_same(name, "anthropic", body)


@pytest.mark.parametrize("name", bodies("gemini"))
def test_gemini(name, recorder, gemini_client):
    contents, config = calls_gemini.CALLS[name]
    path, headers, body = recorder.sent_by(
        lambda: gemini_client.models.generate_content_stream(
            model="gemini-2.5-flash", contents=contents, config=config or None
        )
    )
    assert path.endswith("/models/gemini-2.5-flash:streamGenerateContent?alt=sse")
    assert headers["x-goog-api-key"] == "key"
    assert_same(name, "gemini", body)


@pytest.mark.parametrize(
    "dialect, calls",
    [("responses", calls_responses), ("anthropic", calls_anthropic), ("gemini", calls_gemini)],
    ids=["responses", "anthropic", "gemini"],
)
def test_every_case_of_a_dialect_is_called(dialect, calls):
    assert set(calls.CALLS) == set(bodies(dialect))


@pytest.mark.parametrize("name", CASES)
def test_a_case_says_what_becomes_of_it_in_every_dialect(name):
    case = CASES[name]
    assert set(case) <= {"about", "adaptive_thinking", "models", "request", "bodies", "refused", "exceptions"}
    told, refused = set(case["bodies"]), set(case.get("refused", {}))
    assert told | refused == set(DIALECTS) and not told & refused


SCHEMAS = {
    "chat-completions": openai.types.chat.completion_create_params.CompletionCreateParamsStreaming,
    "responses": openai.types.responses.response_create_params.ResponseCreateParamsStreaming,
    "anthropic": anthropic.types.message_create_params.MessageCreateParamsStreaming,
}


def plain(value):
    """Pydantic leaves iterables to be read later."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, (str, int, float)) or value is None:
        return value
    return [plain(item) for item in value]


@pytest.mark.parametrize("dialect", SCHEMAS)
def test_the_sdk_s_own_types_know_every_field(dialect):
    """Reading by a type drops what it does not know: what is left is all that was there."""
    adapter = TypeAdapter(SCHEMAS[dialect])
    for name in bodies(dialect):
        exceptions = [e for e in exceptions_of(name, dialect) if "ours" in e and "theirs" not in e]
        body = CASES[name]["bodies"][dialect]
        assert not differences(body, plain(adapter.validate_python(body)), exceptions), name
