"""Specimens of each kind of document, to look at the page and to measure it."""

from datetime import date

from documents.prose import Block, Heading, Paragraph, Table

from .content import Enclosure, Paper, Seal

GROUP = "启东市推进政府职能转变和“放管服”改革协调小组"
SEAL = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 420">
<g fill="none" stroke="#e60012"><circle cx="210" cy="210" r="204" stroke-width="12"/></g>
<path fill="#e60012" d="M210 135l17.5 53.7h56.5l-45.7 33.2 17.5 53.7-45.8-33.2-45.8 33.2 \
17.5-53.7-45.7-33.2h56.5z"/></svg>"""

OPENING = (
    "为贯彻落实《优化营商环境条例》，进一步转变政府职能、提高行政效能，更好服务经营主体和人民群众，"
    "根据协调小组全体会议部署，现就有关事项通知如下，请结合实际认真抓好落实。"
)
TASKS = (
    "各部门要坚持依法行政、公开透明、便民高效的原则，按照“谁主管、谁负责”的要求，建立健全工作台账，"
    "明确责任分工和完成时限，确保各项任务落到实处、见到实效。",
    "凡是能够通过政务数据共享平台获取的材料，一律不得要求申请人重复提供；凡是没有法律法规规定的证明"
    "事项，一律取消。2026年底前，办理时限压缩30%以上，网上可办率达到95%以上。",
    "对工作推进不力、落实不到位的单位，由督查组按照规定程序予以通报；对群众反映强烈的突出问题，实行"
    "挂牌督办、限期整改，整改情况向社会公开。",
)
DUTIES = Table((
    ("重点任务", "牵头单位", "责任单位", "完成时限"),
    ("企业开办“一件事”", "市行政审批局", "市市场监管局、市税务局、市公安局", "2026年6月"),
    ("工程建设项目审批提速", "市行政审批局", "市住建局、市自然资源局", "2026年9月"),
    ("“双随机、一公开”监管全覆盖", "市市场监管局", "各监管部门", "2026年12月"),
))  # fmt: skip


def document() -> Paper:
    """A notice of more than three pages with seal, attachments and a table."""
    blocks: list[Block] = [Paragraph(OPENING)]
    for title in ("总体要求", "重点任务", "保障措施"):
        blocks.append(Heading(1, title))
        for lead in ("压实工作责任。", "强化督促检查。"):
            blocks.append(Heading(2, lead, TASKS[0]))
            blocks.append(Heading(3, "梳理事项。", TASKS[1]))
            blocks.append(Heading(4, "逐项核对。", TASKS[2]))
    blocks += [
        DUTIES,
        Paragraph("各单位于每季度末前将工作进展情况报送协调小组办公室（联系人：王喆）。"),
    ]
    return Paper(
        "general",
        "启东市人民政府文件",
        number="启政发〔2026〕12号",
        copy_number="000001",
        urgency="加急",
        title="启东市人民政府关于印发《启东市优化营商环境三年行动方案（2026—2028年）》的通知",
        main_recipients="各镇（街道）人民政府（办事处），各园区管委会，市各委办局，市各直属单位",
        blocks=tuple(blocks),
        attachments=(
            "启东市优化营商环境三年行动方案重点任务分工表",
            "启东市优化营商环境工作联络员名单",
        ),
        signatures=("启东市人民政府",),
        dated_on=date(2026, 3, 5),
        seal=Seal(SEAL),
        annotation="此件公开发布",
        enclosures=(
            Enclosure("启东市优化营商环境三年行动方案重点任务分工表", (DUTIES,)),
            Enclosure("启东市优化营商环境工作联络员名单", (Paragraph(TASKS[0]),)),
        ),
        copy_recipients="市委各部门，市人大常委会办公室，市政协办公室，市监委，市法院，市检察院，市人武部",
        issued_by="启东市人民政府办公室",
        issued_on=date(2026, 3, 6),
        copies=80,
        author="启东市人民政府",
    )


def letter() -> Paper:
    """A letter of one page."""
    return Paper(
        "letter",
        "启东市人民政府办公室",
        number="启政办函〔2026〕7号",
        title="启东市人民政府办公室关于征求《启东市政务服务便利化若干措施》意见的函",
        main_recipients="市财政局、市司法局、市市场监管局",
        blocks=(
            Paragraph("根据年度工作安排，我办起草了《启东市政务服务便利化若干措施（征求意见稿）》，"
                      "现征求你单位意见，请于2026年4月20日前书面反馈。"),
            Paragraph("无意见的也请函复。"),
        ),
        attachments=("启东市政务服务便利化若干措施（征求意见稿）",),
        signatures=("启东市人民政府办公室",),
        dated_on=date(2026, 4, 7),
        seal=Seal(SEAL),
        annotation="联系人：李珺，电话：83310000",
        copy_recipients="市行政审批局",
        author="启东市人民政府办公室",
    )  # fmt: skip


def minutes() -> Paper:
    """Minutes of a plenary meeting."""
    return Paper(
        "minutes",
        "启东市“放管服”改革协调小组会议纪要",
        period="第3期",
        title="协调小组第二次全体会议纪要",
        lead_left="启东市“放管服”改革协调小组办公室",
        lead_right="2026年5月18日",
        blocks=(
            Paragraph("2026年5月15日，协调小组组长主持召开第二次全体会议，研究部署重点改革任务。纪要如下："),
            Heading(1, "关于企业开办“一件事”改革"),
            Paragraph(TASKS[0]),
            Heading(1, "关于工程建设项目审批提速"),
            Paragraph(TASKS[1]),
        ),
        attending="张启明、王喆、李珺、陈堃、赵镕、周海东、吴晓燕、郑国平、孙志远、钱立新、冯建军、沈亚萍",
        on_leave="蒋卫东",
        sitting_in="市行政审批局、市司法局、市财政局、市市场监管局有关负责同志",
        copy_recipients="协调小组组长、副组长，各成员单位，各区镇",
        issued_by="启东市“放管服”改革协调小组办公室",
        issued_on=date(2026, 5, 18),
        author=GROUP,
    )  # fmt: skip


def bulletin() -> Paper:
    """An issue of the bulletin."""
    return Paper(
        "minutes",
        "启东“放管服”改革工作简报",
        period="第12期",
        title="市行政审批局推行“一业一证”改革成效明显",
        lead_left="协调小组办公室编",
        lead_right="2026年6月30日",
        blocks=(Paragraph(OPENING), *(Paragraph(text) for text in TASKS)),
        copy_recipients="协调小组组长、副组长，各成员单位",
        issued_by="协调小组办公室",
        issued_on=date(2026, 6, 30),
        author=GROUP,
    )


SPECIMENS = {"document": document, "letter": letter, "minutes": minutes, "bulletin": bulletin}
