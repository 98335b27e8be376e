"""The folder of a council's own words for a new edition: every file there, its lines in comments.

Nothing of it is printed until somebody takes the marks away.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jsna import io
from jsna.model.council import CONTACTS, CONTEXT, IDENTITY, SOURCES
from jsna.settings.councils import folder_of

_HEAD: Final = "# yaml-language-server: $schema=../../schemas/{}.json\n"
_README: Final = "README.md"
_FILES: Final = {
    _README: """# The council's own words

What stands here is printed in the report; it changes no figure. The guide is
`docs/council-words.md`; `jsna check {name}` says what is wrong, file by file and line by line.

- `commentary/<topic>.md`: what the council says of a topic, called as in `config/topics.yaml`.
- `commentary/places/<place>.md`: of a district, ward or group, its name in small letters with `-`
  for spaces.
- `context.yaml`: inspections, reforms, changes in what is recorded.
- `contacts.yaml`: where families get help.
- `identity.yaml`: partners, authors, logo, and who signed.
- `sources.yaml`: documents that are named, and figures that no measure gives.

A file of commentary looks like this, without the first four spaces of each line:

    Of the plans we wrote, {{ehc_plans_20_weeks}} came in time; in England it was
    {{ehc_plans_20_weeks area=England}}.

    ## What this means

    Families wait too long.

    ## What to ask

    - Who is responsible for plans that are late?

    ## Care needed

    Small numbers move a lot from year to year.
""",
    SOURCES: """# documents:
#   strategy:
#     title: SEND strategy 2024 to 2027
#     publisher: the council
#     address: https://www.example.org/send-strategy
# figures:
#   new_places:
#     says: 60 new places
#     source: strategy
# hosts: [www.example.org]
""",
    CONTEXT: """# events:
#   - period: "2024"
#     kind: inspection
#     short: Local area inspection
#     says: Inspectors visited the local area in November 2024.
#     source: strategy
#     measures: [ehc_plans_20_weeks]
#     topics: [plans_in_time]
""",
    CONTACTS: """# local_offer:
#   name: Local Offer
#   says: What support there is, and how to get it.
#   website: https://www.example.org/local-offer
# sendiass:
#   name: SENDIASS
#   says: Free and confidential advice for families and young people.
#   telephone: 01632 960 001
# forum:
#   name: Parent Carer Forum
#   website: https://www.example.org/forum
# complaints:
#   name: Customer feedback
#   email: feedback@www.example.org
""",
    IDENTITY: """# partners: [the council, the integrated care board, the parent carer forum]
# authors: [the council's intelligence team]
# logo: {{file: logo.svg, alternative: The council's coat of arms}}
# What is not signed prints "Draft".
# sign_off:
#   - of: all
#     status: signed
#     who: the SEND partnership board
#     day: 2026-01-12
#   - of: plans_in_time
#     status: draft
""",
}


def write(name: str, root: Path, before: str = "") -> list[str]:
    """Put the files of an edition there that are not yet, and tell which.

    Args:
        name: of the edition.
        root: of the project.
        before: an edition whose contacts are taken over; what somebody signed never is.
    """
    made: list[str] = []
    for file, text in _FILES.items():
        path = f"{folder_of(name)}/{file}"
        schema = "" if file == _README else _HEAD.format(file.removesuffix(".yaml"))
        carried = root / folder_of(before) / file if before and file == CONTACTS else None
        if not (root / path).exists():
            own = carried.read_text(encoding="utf-8") if carried and carried.is_file() else ""
            io.write_text(root / path, own or schema + text.format(name=name))
            made.append(path)
    return made
