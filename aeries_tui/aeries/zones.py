"""The server's time zone: it names it as Windows does, by an id or as Windows shows it to people."""

from __future__ import annotations

import re
import zoneinfo

_BY_ID = {
    "aleutian standard time": "America/Adak",
    "hawaiian standard time": "Pacific/Honolulu",
    "alaskan standard time": "America/Anchorage",
    "pacific standard time": "America/Los_Angeles",
    "us mountain standard time": "America/Phoenix",
    "mountain standard time": "America/Denver",
    "central standard time": "America/Chicago",
    "us eastern standard time": "America/Indiana/Indianapolis",
    "eastern standard time": "America/New_York",
    "sa western standard time": "America/Puerto_Rico",
    "west pacific standard time": "Pacific/Guam",
    "utc-11": "Pacific/Pago_Pago",
    "utc": "Etc/UTC",
}
"""Windows' ids of the zones of the United States and their territories, in small letters, by CLDR's windowsZones."""

_AS_SHOWN = {
    "aleutian islands": "America/Adak",
    "hawaii": "Pacific/Honolulu",
    "alaska": "America/Anchorage",
    "pacific time (us & canada)": "America/Los_Angeles",
    "arizona": "America/Phoenix",
    "mountain time (us & canada)": "America/Denver",
    "central time (us & canada)": "America/Chicago",
    "indiana (east)": "America/Indiana/Indianapolis",
    "eastern time (us & canada)": "America/New_York",
    "georgetown, la paz, manaus, san juan": "America/Puerto_Rico",
    "guam, port moresby": "Pacific/Guam",
    "coordinated universal time-11": "Pacific/Pago_Pago",
    "coordinated universal time": "Etc/UTC",
}
"""The same zones as Windows shows them, without the `(UTC-08:00)` before; systeminfo gives this form."""

_OFFSET = re.compile(r"\((?:utc|gmt)[^)]*\)\s*", re.IGNORECASE)


def zone_named(name: str) -> zoneinfo.ZoneInfo | None:
    """The zone that `LocalTimeZoneName` names: a Windows id, a name as Windows shows it, or an IANA name.

    None where it is no zone of the United States, nor one that IANA knows.
    """
    cleaned = " ".join(_OFFSET.sub("", name).split())
    lower = cleaned.lower().replace(" daylight time", " standard time")
    try:
        return zoneinfo.ZoneInfo(_BY_ID.get(lower) or _AS_SHOWN.get(lower) or cleaned)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None
