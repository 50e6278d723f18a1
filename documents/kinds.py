"""How papers are called and numbered: their kinds as titles end with them, document numbers. Pure.

In Chinese whatever the reader's language, for so are the papers.
"""

import re

from .states import DocumentKind as Kind

LABELS = {
    Kind.RESOLUTION: "决议",
    Kind.DECISION: "决定",
    Kind.ORDER: "令",
    Kind.COMMUNIQUE: "公报",
    Kind.ANNOUNCEMENT: "公告",
    Kind.PUBLIC_NOTICE: "通告",
    Kind.OPINIONS: "意见",
    Kind.NOTICE: "通知",
    Kind.CIRCULAR: "通报",
    Kind.REPORT: "报告",
    Kind.REQUEST: "请示",
    Kind.REPLY: "批复",
    Kind.BILL: "议案",
    Kind.LETTER: "函",
    Kind.MINUTES: "纪要",
}
ENDINGS = {"命令": Kind.ORDER} | {label: kind for kind, label in LABELS.items()}
NUMBER = re.compile(r"[一-龥]{2,12}〔20\d{2}〕[1-9]\d{0,3}号")


def number_is_well_formed(number: str) -> bool:
    """Whether a document number is written as GB/T 9704-2012, 7.2.5 wants: 启政发〔2026〕5号."""
    return NUMBER.fullmatch(number) is not None
