"""What a schema cannot say of a sound request: the parts of an event that must agree, and the zones that there are."""

import json
import os

import schemathesis

KNOWN = json.loads(os.environ["FLEET_SURFACE_KNOWN"])
RIG = KNOWN["rig_id"]
EVENTS = "POST /api/fleet/events"


@schemathesis.hook
def before_call(context, case, kwargs):
    mode = case.meta.generation.mode if case.meta else None
    if mode is None or mode.name != "POSITIVE":
        return
    case.body = storable(case.body)
    if isinstance(case.query, dict):
        # Only a hub can write the name of a page.
        case.query.pop("page", None)
    for name in ("Content-Encoding", "Content-Digest"):
        # They speak of the bytes, which are made later.
        (case.headers or {}).pop(name, None)
    if "id" in (case.path_parameters or {}):
        case.path_parameters["id"] = known_id(case.path, case.path_parameters["id"])
    if not isinstance(case.body, dict):
        return
    if case.operation.label == EVENTS:
        own_event(case.body)
    if "time_zone" in case.body:
        case.body["time_zone"] = "America/Chicago"


def known_id(path, text):
    """Every other time one that there is: of a made-up one the hub only says that it is not there."""
    ids = KNOWN["events"] if "/events/" in path else KNOWN["files"] if path.startswith("/dl/") else KNOWN["others"]
    number = sum(str(text).encode("utf-8", "surrogatepass"))
    return ids[number // 2 % len(ids)] if number % 2 == 0 else text


def own_event(event):
    """Of the key's rig, and named after it; a risk that may leave a rig."""
    event["rig_id"] = RIG
    event["id"] = f"{RIG}-{int(event['timestamp'])}"
    if event["advisory"]["risk_level"] == "Low":
        event["advisory"]["risk_level"] = "High"


def storable(value):
    """No database text holds a NUL; requests that break the schema go on having them."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list):
        return [storable(part) for part in value]
    if isinstance(value, dict):
        return {storable(name): storable(part) for name, part in value.items()}
    return value
