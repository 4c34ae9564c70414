"""Leads two public names to the sandbox, and notes what the proxy got to see of each request."""
import os

targets = {"sso.example.test": "", "sts.us-east-1.amazonaws.com": "/sts"}


def request(flow):
    host = flow.request.pretty_host
    with open(os.environ["PROXY_LOG"], "a", encoding="utf-8") as log:
        log.write(f"{flow.request.method} {flow.request.pretty_url}\n")
    if host not in targets:
        flow.kill()
        return
    flow.request.scheme = "http"
    flow.request.host = "127.0.0.1"
    flow.request.port = int(os.environ["SANDBOX_PORT"])
    if targets[host]:
        flow.request.path = targets[host]
    flow.request.headers["host"] = host
    flow.request.headers["x-forwarded-host"] = host
    flow.request.headers["x-forwarded-proto"] = "https"
