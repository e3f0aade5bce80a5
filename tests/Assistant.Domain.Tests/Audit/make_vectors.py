#!/usr/bin/env python3
"""Writes vectors.json beside itself: the audit chain of docs/audit.md computed without any of the product's code."""
import hashlib
import json
import pathlib
import struct


def text(value):
    data = value.encode("utf-8")
    return struct.pack(">I", len(data)) + data


def canonical(tenant, seq, event):
    details = sorted(event["details"].items(), key=lambda item: item[0].encode("utf-8"))
    return b"".join([
        b"\x01",
        text(tenant),
        struct.pack(">q", seq),
        struct.pack(">q", event["at"]),
        text(event["actor"]["kind"]), text(event["actor"]["id"]), text(event["actor"]["name"]),
        text(event["action"]), text(event["subject"]), text(event["origin"]),
        struct.pack(">I", len(details)),
        *[text(key) + text(value) for key, value in details],
    ])


def event(at, actor, action, subject="", origin="local", details=None):
    return {"at": at, "actor": dict(zip(("kind", "id", "name"), actor)), "action": action,
            "subject": subject, "origin": origin, "details": details or {}}


CHAINS = {
    "default": [
        event(1767225600000, ("system", "system", "Assistant"), "tenant.created", "tenant/default"),
        event(1767225600123, ("user", "0198f0a4-0000-7000-8000-000000000001", "Zoë"), "user.signin", "user/1", "192.0.2.7",
              {"method": "password+totp", "agent": "Firefox"}),
        event(1767225600123, ("person", "p1", "张伟 👋"), "message.received", "conversation/1", "tg",
              {"\uff5e": "after the surrogates' block, before it in code points", "\U0001f600": "emoji key", "a": "", "Z": "upper case first"}),
    ],
    "second": [
        event(-1, ("", "", ""), "", "", ""),
        event(253402300799999, ("apikey", "k", "ci\nline \"quoted\" \\ back"), "audit.exported", "audit", "2001:db8::1",
              {"long": "x" * 3000}),
    ],
}


def main():
    chains = []
    for tenant, events in CHAINS.items():
        previous = hashlib.sha256(b"assistant audit chain v1\n" + tenant.encode("utf-8")).digest()
        chain = {"tenant": tenant, "genesis": previous.hex(), "events": []}
        for seq, what in enumerate(events, 1):
            data = canonical(tenant, seq, what)
            previous = hashlib.sha256(previous + data).digest()
            chain["events"].append({"seq": seq, **what, "canonical": data.hex(), "hash": previous.hex()})
        chains.append(chain)
    target = pathlib.Path(__file__).with_name("vectors.json")
    target.write_text(json.dumps(chains, indent=1, ensure_ascii=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
