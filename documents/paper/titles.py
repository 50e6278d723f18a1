"""Breaking a title into lines: words stay whole, the lines form a trapezoid or a diamond. Pure.

GB/T 9704-2012, 7.3.1. There is no dictionary of Chinese here, only the words official titles
are made of; what is not in it is kept together with its neighbour as long as there is a choice.
"""

import re
from functools import lru_cache
from itertools import combinations, pairwise

LIMIT = 20.0  # characters of 2号 in 156 mm
EASY = 19.0  # beyond it a line touches both edges of the text area
SMALLEST = 0.36  # the shortest line beside the longest
MOST_LINES = 5
NEVER, BAD, POOR, FAIR, GOOD = 1e6, 60.0, 9.0, 2.0, -6.0
OPENING, CLOSING = "（《〈“‘〔【(", "）》〉”’〕】)、，。；：！？·%"
KINDS = """
决议 决定 命令 公报 公告 通告 意见 通知 通报 报告 请示 批复 议案 函 纪要 方案 办法 规定 细则 规则
要点 计划 总结 建议 说明 清单 制度 条例 规划 简报 专报
""".split()  # noqa: SIM905
WORDS = """
启东市 南通市 江苏省 国务院 办公厅 办公室 人民政府 市政府 省政府 县政府 区政府 政府 人民 协调小组
领导小组 工作领导小组 专题组 保障组 委员会 管理局 监督管理 管理委员会 行政审批局 市场监督管理局
发展和改革委员会 财政局 司法局 公安局 教育局 民政局 税务局 推进 政府职能 职能转变 转变 放管服 改革
深化 优化 营商环境 环境 简政放权 放管结合 优化服务 政务服务 服务 行政审批 审批 制度 商事制度
市场准入 负面清单 权力清单 清单 标准化 规范化 便利化 数字化 一体化 信息化 高质量 发展 经济 社会
建设 工作 实施 方案 意见 通知 通报 报告 请示 批复 函 纪要 会议 会议纪要 关于 印发 转发 批转 发布
公布 调整 成立 撤销 召开 举办 开展 组织 加强 进一步 加快 全面 推行 落实 贯彻 做好 切实 规范 完善
建立 健全 提高 提升 促进 支持 鼓励 推动 推广 试点 行动 三年 年度 重点 任务 分工 重点任务 要点 计划
规划 管理 办法 暂行 试行 规定 细则 条例 决定 公告 通告 情况 有关 事项 问题 若干 措施 政策 专项
整治 督查 督办 考核 评价 监管 监督 检查 双随机 一公开 信用 公共 资源 交易 平台 数据 共享 电子 证照
一网通办 一件事 一业一证 证照分离 企业 开办 行政规范性文件 规范性文件 合法性审核 合法性审查 注销
项目 工程 投资 建设项目 不动产 登记 纳税 获得 用水 用气 用电 贷款 融资 跨境 贸易 人才 创新 创业
科技 产业 园区 小组 成员 名单 组成 人员 职责 全体 专题 联络员 汇报 材料 报送 请求 申请 请求批准
批准 同意 答复 意见的 征求 征集 公开 安全 应急 防控 专家 咨询 机制 体系 能力 水平 质量 效能 效率
群众 市场 主体 经营主体 法治 依法 行政 执法 事中事后 事中 事后 综合 协同 联动 部门 单位 各级 直属
机构 编制 季度 上半年 下半年 第一次 第二次 第三次 第四次
""".split()  # noqa: SIM905
PARTICLES = "的和与及或对为在以向等"
LEXICON = frozenset(WORDS) | frozenset(KINDS)
LONGEST = max(map(len, LEXICON))
UNBROKEN = re.compile(r"[A-Za-z0-9.]+[年月日号%次期]?|第[〇一二三四五六七八九十百\d]+[届次期号条]")


def width(text: str) -> float:
    """How many full-width characters wide a text is."""
    return sum(1.0 if ord(char) > 0x2E7F or char in "“”‘’—…·" else 0.5 for char in text)


def break_title(title: str, limit: float = LIMIT) -> list[str]:
    """The lines of a title; breaks it already holds are kept, and nothing is lost or added."""
    lines = [line.strip() for line in title.split("\n") if line.strip()]
    return [part for line in lines for part in _break(line, limit)]


def _penalties(title: str) -> tuple[float, ...]:
    """What breaking before each character would cost."""
    inside = _inside_words(title)
    return tuple(_penalty(title, place, inside) for place in range(len(title) + 1))


def _penalty(title: str, place: int, inside: set[int]) -> float:
    if place in (0, len(title)):
        return 0.0
    before, after = title[place - 1], title[place]
    rest = title[place:]
    if after in CLOSING or before in OPENING or after in "的" or place in inside:
        return NEVER if after in CLOSING or before in OPENING else BAD * 4
    if before == "的" and rest in KINDS:
        return BAD * 4
    cost = _joint(title, place, before, after)
    open_before = title[:place].count("《") > title[:place].count("》")
    return cost + (FAIR if open_before else 0.0)


def _joint(title: str, place: int, before: str, after: str) -> float:
    """The cost between two words, or between what no word is known of."""
    rest = title[place:]
    if rest.startswith("关于"):
        return 2 * GOOD
    if before == " " or after == " " or before in "、，；：" or after == "《" or before == "》":
        return GOOD / 2
    if after in "和与及或" or before == "的" or title[:place].endswith(("印发", "转发", "批转")):
        return GOOD / 3
    if before in PARTICLES:
        return POOR
    known_before = any(title[:place].endswith(word) for word in LEXICON if len(word) > 1)
    known_after = any(rest.startswith(word) for word in LEXICON if len(word) > 1)
    return {2: FAIR, 1: POOR, 0: BAD}[known_before + known_after]


def _inside_words(title: str) -> set[int]:
    """Places inside a word, a number with its unit, or a Latin word; longest words first."""
    inside: set[int] = set()
    for found in UNBROKEN.finditer(title):
        inside.update(range(found.start() + 1, found.end()))
    place = 0
    while place < len(title):
        for size in range(min(LONGEST, len(title) - place), 1, -1):
            if title[place : place + size] in LEXICON:
                inside.update(range(place + 1, place + size))
                place += size
                break
        else:
            place += 1
    return inside


@lru_cache(maxsize=256)
def _break(title: str, limit: float) -> tuple[str, ...]:
    if width(title) <= min(limit, EASY):
        return (title,)
    costs = _penalties(title)
    fewest = max(2, int(-(-width(title) // limit)))
    best: tuple[float, list[str]] | None = None
    for count in range(fewest, min(fewest + 2, MOST_LINES + 1)):
        found = _best_with(title, costs, count, limit)
        if found and (best is None or found[0] + 12 * (count - fewest) < best[0]):
            best = (found[0] + 12 * (count - fewest), found[1])
    return tuple(best[1] if best else _filled(title, costs, limit))


def _best_with(
    title: str, costs: tuple[float, ...], count: int, limit: float
) -> tuple[float, list[str]] | None:
    """The cheapest way into `count` lines, of which none is too wide."""
    allowance = {2: 60, 3: 28, 4: 20, 5: 16}.get(count, 0)
    places = sorted(range(1, len(title)), key=costs.__getitem__)[:allowance]
    before = [0.0]
    for char in title:
        before.append(before[-1] + width(char))
    best: tuple[float, tuple[int, ...]] | None = None
    for cuts in combinations(sorted(places), count - 1):
        edges = (0, *cuts, len(title))
        sizes = [before[b] - before[a] for a, b in pairwise(edges)]
        if max(sizes) > limit:
            continue
        cost = sum(costs[cut] for cut in cuts) + _shape(sizes)
        if best is None or cost < best[0]:
            best = (cost, edges)
    if best is None:
        return None
    return best[0], [title[a:b].strip() for a, b in pairwise(best[1])]


def _shape(sizes: list[float]) -> float:
    """Nothing for a trapezoid or a diamond; more the further the lines are from one."""
    steps = [b - a for a, b in pairwise(sizes)]
    peak = sizes.index(max(sizes))
    rising = all(step > 0 for step in steps[:peak])
    falling = all(step < 0 for step in steps[peak:])
    cost = 0.0 if rising and falling else 25.0
    cost += 4.0 * max(0.0, max(sizes) - EASY)
    cost += 14.0 * max(0.0, SMALLEST - min(sizes) / max(sizes)) * 10
    mean = sum(sizes) / len(sizes)
    spread = sum(abs(size - mean) for size in sizes) / len(sizes)
    return cost + 0.5 * max(0.0, spread - 0.2 * mean)


def _filled(title: str, costs: tuple[float, ...], limit: float) -> list[str]:
    """Line after line, for what is too long to be arranged."""
    lines, start = [], 0
    while width(title[start:]) > limit:
        end = start + 1
        while width(title[start : end + 1]) <= limit:
            end += 1
        floor = start + max(1, (end - start) // 2)
        end = min(range(end, floor - 1, -1), key=costs.__getitem__)
        lines.append(title[start:end].strip())
        start = end
    return [*lines, title[start:].strip()]
