"""Fields that are not kept: what the clean records hold of them for the identity check, and then no more."""

from __future__ import annotations

from aeries_tui.master.roster.kinds import digest_column
from aeries_tui.master.roster.plan import Plan
from aeries_tui.pull.stages.check.kept_values import Person


def digest_values(plan: Plan, person: Person) -> None:
    """Put the digests of what is not kept into the clean records; a blank value leaves the digest of the last one.

    Args:
        plan: with the clean records.
        person: whose; with the columns that are not kept.
    """
    sets = []
    kind = person.kinds[0]
    for column in sorted(person.omitted):
        kept = digest_column(kind, column)
        if kept is not None:
            sets.append(
                f"""
                {kept} = coalesce(
                    value_digest({column}),
                    (
                        SELECT coalesce(g.{kept}, value_digest(g.{column}))
                        FROM m.{kind.name} g
                        WHERE {kind.joined("g", person.table)}
                    )
                )
                """
            )
    if sets:
        plan.connection.execute(f"UPDATE {person.table} SET {', '.join(sets)}")


def drop_values(plan: Plan, person: Person) -> None:
    """Blank what is not kept in the clean records, once the identity check has looked at it."""
    if person.omitted:
        kept = [(column, digest_column(person.kinds[0], column)) for column in sorted(person.omitted)]
        own = ", ".join(f"{digest} = value_digest({column})" for column, digest in kept if digest is not None)
        if own:
            # Of somebody else who has the id now nothing of the one before stays.
            plan.connection.execute(
                f"""
                UPDATE {person.table}
                SET {own}
                WHERE {person.kind}_id IN (SELECT person FROM handover WHERE kind = '{person.kind}')
                """
            )
        sets = ", ".join(f"{column} = NULL" for column in sorted(person.omitted))
        plan.connection.execute(f"UPDATE {person.table} SET {sets}")
