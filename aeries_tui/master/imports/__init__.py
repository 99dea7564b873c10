"""Imports and what belongs to each: their records, descriptions, watermark, outbox, retention."""
