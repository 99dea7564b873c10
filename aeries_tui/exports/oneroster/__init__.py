"""OneRoster CSV bundles, 1.1 and 1.2: the way a roster leaves for other products."""

from aeries_tui.exports.oneroster.bundle import BundleRefused, BundleReport, version_of, write_bundle
from aeries_tui.exports.oneroster.check import Fault, check_bundle
from aeries_tui.exports.oneroster.notices import Notice
from aeries_tui.exports.oneroster.tables import VERSIONS, Version

__all__ = [
    "VERSIONS",
    "BundleRefused",
    "BundleReport",
    "Fault",
    "Notice",
    "Version",
    "check_bundle",
    "version_of",
    "write_bundle",
]
