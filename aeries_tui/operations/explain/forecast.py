"""What the next pull will make of somebody's records, as the check has it, in words."""

from __future__ import annotations

from aeries_tui.codes import Code
from aeries_tui.left_out import PRE_ENROLLED, Rule
from aeries_tui.master.roster.people import Person
from aeries_tui.operations.explain.story import Story
from aeries_tui.pull.person.judged import Judged
from aeries_tui.pull.person.live import Live
from aeries_tui.pull.stages.check.rules import Rules


def forecast(found: Person, live: Live, judged: Judged, widened: Judged, rules: Rules, story: Story) -> None:
    """Say of each live record what it counts for, and then what the next pull does.

    Of others' records nothing is asked: that a teacher stays because a student of their homeroom keeps the last
    good version of a record is not foreseen.

    Args:
        found: the person as the Master knows them.
        live: their records.
        judged: what the check says of them.
        widened: what it would say if every school of the records were mapped.
        rules: the rules of the check.
        story: takes the sentences.
    """
    if not live.own.received:
        story.say("Aeries does not know this person now.")
    elif found.kind == "student":
        _tell_student(live, judged, widened, rules, story)
    else:
        _tell_staff(judged, widened, rules, story)
    _tell_findings(found, judged, story)
    story.rule = None if judged.is_after else _rule(found, judged, widened)
    story.say(f"The next pull {_what_follows(found, live, judged, rules)}.")


def _what_follows(found: Person, live: Live, judged: Judged, rules: Rules) -> str:
    if judged.is_in:
        return "keeps the person active" if found.active else "makes the person active"
    if judged.is_after:
        if rules.additions_only and judged.outcome != "rejected" and not live.own.bad:
            return "keeps the person active: today is a day of additions only"
        return "keeps the last good version of the record"
    if judged.action == "deactivated":
        return "deactivates the record"
    if judged.outcome == "rejected" or (not judged.records and live.own.bad):
        return "leaves the person out until the record is mended"
    return "leaves the person out" if live.own.received else "changes nothing"


def _rule(found: Person, judged: Judged, widened: Judged) -> Rule | None:
    """The rule that leaves the person out; None where a code says it, or where Aeries has no record."""
    if judged.outcome == "rejected" or widened.is_in or not widened.records:
        return None
    if any(not record.status for record in widened.records):
        return Rule.NOT_TEACHING if found.kind == "staff" else None
    statuses = {record.status for record in widened.records}
    return Rule.PRE_ENROLLED if found.kind == "student" and PRE_ENROLLED in statuses else Rule.INACTIVE


def _tell_student(live: Live, judged: Judged, widened: Judged, rules: Rules, story: Story) -> None:
    for record in widened.records:
        where = f"At school {record.school}"
        is_mapped = record.school in rules.mapped
        if record.status:
            what = "pre-enrolled for next year" if record.status == PRE_ENROLLED else "not active"
            story.say(f"{where} the record has the status {record.status} ({what}), so it is out of scope.")
        elif not is_mapped:
            # Where the school is not what keeps them out, mapping it is no remedy.
            code = Code.MAP_UNMAPPED if widened.is_in and not judged.is_in else ""
            story.say(f"{where}, which is not mapped, the record does not count.", code, about=record.school)
        elif not record.is_rejected:
            story.say(f"{where} the record is active and in scope.")
    # The lists of a school that Aeries' own list did not hold are not read.
    for school in sorted(live.schools - {record.school for record in widened.records}):
        story.say(
            f"School {school} was not in the list of schools when that was read last, so the record there does not "
            "count.",
            Code.MAP_GONE if school in rules.mapped else "",
            about=("gone", school),
        )


def _tell_staff(judged: Judged, widened: Judged, rules: Rules, story: Story) -> None:
    for record in judged.records:
        if record.status:
            story.say(f"In Aeries the record has the status {record.status}, which is not active.")
        elif judged.is_wanted:
            story.say(f"In Aeries the record is active and {_why_wanted(judged, rules)}.")
        elif not judged.unread_at:
            story.say(
                "In Aeries the record is active but teaches in no mapped school, so it is out of scope."
            )
            elsewhere = [code for code in widened.teaches_at + widened.named_at if code not in rules.mapped]
            if widened.is_in and elsewhere:
                story.say(
                    f"They teach at {_schools(tuple(sorted(set(elsewhere))))}, which "
                    f"{'is' if len(set(elsewhere)) == 1 else 'are'} not mapped.",
                    Code.MAP_UNMAPPED,
                    about=elsewhere[0],
                )


def _why_wanted(judged: Judged, rules: Rules) -> str:
    """What brings a member of staff in, in words."""
    if judged.teaches_at:
        return f"teaches at {_schools(judged.teaches_at)}"
    if judged.named_at:
        return f"is named in a teacher record of {_schools(judged.named_at)}"
    if judged.unread_at:
        return f"stands on a section of {_schools(judged.unread_at)}"
    primary = [record.school for record in judged.records if record.school in rules.mapped]
    if primary and primary[0] is not None:
        return f'is taken by pull.staff = "school", for their primary school is {_schools((primary[0],))}'
    allowed = tuple(code for code in judged.allowed_at if code in rules.mapped)
    return f'is taken by pull.staff = "school", for they may log in to {_schools(allowed)}'


def _schools(codes: tuple[int, ...]) -> str:
    return f"school{'s' if len(codes) > 1 else ''} {', '.join(map(str, codes))}"


def _tell_findings(found: Person, judged: Judged, story: Story) -> None:
    """Say what is wrong with the records; what the last import said already is only said to be so still."""
    repeated = False
    for finding in judged.findings:
        at = (
            f"at school {finding.school}"
            if finding.school is not None and found.kind == "student"
            else "in Aeries"
        )
        field = f", in {finding.field}" if finding.field else ""
        is_news = story.say(
            f"Now {at}{field}: {finding.message}",
            finding.code,
            about=(finding.field, finding.school, finding.message),
        )
        repeated = repeated or not is_news
    if repeated:
        story.say("What the import said of the record still holds in Aeries.")
