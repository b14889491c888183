"""The openai package, unmodified, against a running Pusula: python openai_client.py http://127.0.0.1:8080

Version used: openai 3.57.0. Prints what it saw; ends with an error where an answer is not what the API promises.
"""

import sys

import openai

client = openai.OpenAI(base_url=sys.argv[1] + "/v1", api_key="none")
QUESTION = [{"role": "user", "content": "Kasko hasarı nasıl bildirilir?"}]


def ask(**more):
    return client.chat.completions.create(**{"model": "auto", "messages": QUESTION, "max_tokens": 16, **more})


def refused(kind, code, **more):
    try:
        ask(**more)
    except kind as error:
        assert error.code == code, error
        print(kind.__name__, error.code, error.param)
        return
    raise AssertionError(f"no {kind.__name__}")


print(openai.__version__, len(client.models.list().data), "models")
seeded = dict(seed=1, temperature=0.7)
first = ask(**seeded, logprobs=True, top_logprobs=2)
assert len(first.choices[0].logprobs.content) == first.usage.completion_tokens
assert ask(**seeded).choices[0].message.content == first.choices[0].message.content
whole = ask(model="insurance", temperature=0).choices[0].message.content
pieces, usage = [], None
for chunk in ask(model="insurance", temperature=0, stream=True, stream_options={"include_usage": True}):
    usage = chunk.usage or usage
    pieces += [choice.delta.content or "" for choice in chunk.choices]
assert "".join(pieces) == whole and usage.completion_tokens > 0
texts = client.completions.create(model="base", prompt=["Banka kredisi", "Poliçe"], n=2, max_tokens=5)
assert [choice.index for choice in texts.choices] == [0, 1, 2, 3]
refused(openai.NotFoundError, "model_not_found", model="nobody")
refused(openai.BadRequestError, None, temperature=9)
refused(openai.BadRequestError, None, tools=[{"type": "function", "function": {"name": "f"}}])
refused(openai.BadRequestError, "context_length_exceeded", messages=[{"role": "user", "content": "kredi " * 5000}])
print("ok")
