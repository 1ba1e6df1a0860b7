"""Asks as customers do, with the official clients, and writes down what they were told.

Each line of standard input is JSON: client (openai or anthropic), url, model and key."""

import json
import sys

import anthropic
import openai


def ask_openai(url, model, key):
    client = openai.OpenAI(base_url=url + "/v1", api_key=key, max_retries=0, timeout=60)
    stream = client.chat.completions.create(model=model, stream=True, messages=[{"role": "user", "content": "Hello"}])
    return [chunk.choices[0].delta.content for chunk in stream if chunk.choices]


def ask_anthropic(url, model, key):
    client = anthropic.Anthropic(base_url=url, api_key=key, max_retries=0, timeout=60)
    with client.messages.stream(model=model, max_tokens=16, messages=[{"role": "user", "content": "Hello"}]) as stream:
        return list(stream.text_stream)


ask = {"openai": ask_openai, "anthropic": ask_anthropic}
for line in sys.stdin:
    asked = json.loads(line)
    said = {"error": "", "message": "", "status": 200, "chunks": []}
    try:
        said["chunks"] = ask[asked["client"]](asked["url"], asked["model"], asked["key"])
    except (openai.APIError, anthropic.APIError) as error:
        said.update(error=type(error).__name__, message=str(error), status=getattr(error, "status_code", 0))
    print(json.dumps(said), flush=True)
