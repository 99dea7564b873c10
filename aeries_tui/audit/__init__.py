"""The journal: who did what with people's data and with the certificate, in a file that only grows.

It names no student and no member of staff: a person stands in it as a digest with the district's salt
(`master.subjects`), so that it stays whole when somebody is erased.
"""

from aeries_tui.audit.journal import ACTS, Act, Entry, Head, Journal, journal_of
from aeries_tui.audit.verify import Verified, verify

__all__ = ["ACTS", "Act", "Entry", "Head", "Journal", "Verified", "journal_of", "verify"]
