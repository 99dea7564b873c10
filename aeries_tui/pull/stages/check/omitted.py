"""Fields that are not kept: what the clean records hold of them for the identity check, and then no more."""

from __future__ import annotations

from aeries_tui.master.roster.kinds import digest_column
from aeries_tui.master.roster.plan import Plan
from aeries_tui.pull.stages.check.kept_values import Person


def digests(person: Person) -> str:
    """SQL: the columns with digests of what is not kept, of the clean record behind alias `q`.

    A blank value leaves the digest of the last one.

    Args:
        person: whose; with the columns that are not kept.
    """
    kind = person.kinds[0]
    columns = []
    for column in kind.field_names:
        kept = digest_column(kind, column)
        if kept is None:
            continue
        last = f"SELECT coalesce(g.{kept}, value_digest(g.{column})) FROM m.{kind.name} g WHERE {kind.joined('g', 'q')}"
        digest = f"coalesce(value_digest(q.{column}), ({last}))" if column in person.omitted else "NULL"
        columns.append(f"{digest} AS {kept}")
    return ", ".join(columns)


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
