"""Metadata of an item as XML, with the element names of GB/T 33480-2016.

`公文元数据` holds those of the standard's 18 core elements that a paper has: 公文标识 (here the
archival code), 文种, 份号, 密级和保密期限, 紧急程度, 发文机关标志, 发文字号, 签发人, 标题,
主送机关, 附件说明, 发文机关或签发人署名, 成文日期, 附注, 抄送机关, 印发机关, 印发日期, 发布层次.
份号, 密级和保密期限 and 发布层次 are never set: the product is for unclassified papers and keeps no
发布层次. What the standard leaves to extension stands beside it: `归档` (how it is filed), `组成`
(its parts, each with path and SHA-256) and `办理过程` (every step: when, who, in which post, what,
in which words).
"""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone, translation
from lxml import etree

from coordination import workflow
from coordination.spreadsheets import UNWRITABLE
from documents.models import FiledItem
from documents.outgoing.content import from_data
from documents.outgoing.layout import URGENCY
from documents.states import RETENTION_WRITTEN, PaperLine, Retention, Urgency

SOURCE = "GB/T 33480-2016"


def _text(value: Any) -> str:
    """A value as XML can hold it: no control characters."""
    return UNWRITABLE.sub("", str(value))


def _add(parent, name: str, value: Any = "", **attributes):
    """One element; what is empty is left out."""
    if value in ("", None) and not attributes:
        return None
    element = etree.SubElement(parent, name)
    for key, entry in attributes.items():
        element.set(key, _text(entry))
    element.text = _text(value) if value not in ("", None) else None
    return element


def metadata(item: FiledItem, parts: Iterable[tuple[str, str, str, str]], taken) -> bytes:
    """The metadata of one item; `parts`: role, title, path and SHA-256 of each.

    `taken`: the steps of its document, with who took them.
    """
    with translation.override("zh-hans"):
        root = etree.Element("电子公文")
        _core(_add(root, "公文元数据", 标准=SOURCE), item)
        _filing(etree.SubElement(root, "归档"), item)
        made_of = etree.SubElement(root, "组成")
        for place, (role, title, path, sha256) in enumerate(parts, start=1):
            _add(made_of, "文件", title, 顺序=place, 类别=role, 路径=path, SHA256=sha256)
        way = etree.SubElement(root, "办理过程")
        for row in taken:
            _step(way, row)
    return written(root)


def written(root) -> bytes:
    """A document as UTF-8 text with its declaration."""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _core(core, item: FiledItem) -> None:
    _add(core, "公文标识", item.code)
    if item.line == PaperLine.OUTGOING:
        _of_paper(core, item.outgoing)
        return
    document: Any = item.incoming
    _add(core, "文种", document.get_kind_display())
    ordinary = document.urgency == Urgency.ORDINARY
    _add(core, "紧急程度", "" if ordinary else URGENCY[Urgency(document.urgency)])
    _add(core, "发文字号", document.sender_number)
    _add(core, "标题", document.title)
    _add(core, "发文机关或签发人署名", document.sender_name)
    _add(core, "成文日期", document.dated_on)


def _of_paper(core, paper) -> None:
    content = from_data(paper.content)
    _add(core, "文种", paper.get_kind_display())
    ordinary = content.urgency == Urgency.ORDINARY
    _add(core, "紧急程度", "" if ordinary else URGENCY[Urgency(content.urgency)])
    _add(core, "发文机关标志", content.issuer)
    _add(core, "发文字号", paper.document_number)
    _add(core, "签发人", paper.signed_under.person.name if paper.signed_under else "")
    _add(core, "标题", content.title)
    _add(core, "主送机关", "，".join(one.name for one in content.main))
    _add(core, "附件说明", "；".join(one.title for one in content.attachments))
    _add(core, "发文机关或签发人署名", content.issuer)
    _add(core, "成文日期", paper.dated_on)
    _add(core, "附注", content.annotation)
    _add(core, "抄送机关", "，".join(one.name for one in content.copies))
    _add(core, "印发机关", paper.issuer.name if paper.issued_on else "")
    _add(core, "印发日期", paper.issued_on)


def _filing(filing, item: FiledItem) -> None:
    """How it is filed; the date of receipt where it was received."""
    _add(filing, "档号", item.code)
    _add(filing, "全宗号", item.fonds)
    _add(filing, "年度", item.year)
    _add(filing, "保管期限", RETENTION_WRITTEN[Retention(item.retention)])
    _add(filing, "机构", item.body.name)
    _add(filing, "件号", item.item_number)
    _add(filing, "页数", item.pages)
    _add(filing, "备注", item.remark)
    _add(filing, "归档人", item.filed_by)
    _add(filing, "归档时间", timezone.localtime(item.filed_at).isoformat(timespec="seconds"))
    if item.incoming is not None:
        _add(filing, "收文编号", item.incoming.register_number)
        _add(filing, "收文日期", timezone.localdate(item.incoming.received_at))


def _step(way, row) -> None:
    step = etree.SubElement(way, "步骤")
    _add(step, "时间", timezone.localtime(row.at).isoformat(timespec="seconds"))
    _add(step, "行为", workflow.label_of(row))
    _add(step, "人员", row.person)
    _add(step, "职务", workflow.acted_as(row))
    _add(step, "意见", row.opinion)
