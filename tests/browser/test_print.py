"""A page printed by the browser is clean: no navigation, no buttons, the paper without a frame."""

import pytest

from tests.browser.conftest import DESKTOP
from tests.documents.paper_driver import Papers

pytestmark = pytest.mark.browser


def test_the_page_of_a_paper_prints_without_navigation_and_frame(office, visit):
    paper = Papers(office).to_sign("in_group_name")
    page = visit("deputy", viewport=DESKTOP, locale="zh-CN").open(paper.get_absolute_url())
    assert page.locator(".acts").is_visible()
    page.emulate_media(media="print")
    for hidden in (".site-header", ".site-footer", ".page-actions", ".acts", ".skip-link"):
        assert not page.locator(hidden).first.is_visible(), hidden
    for shown in ("h1", ".paper", ".facts", ".timeline"):
        assert page.locator(shown).first.is_visible(), shown
    frame = page.locator(".paper").evaluate(
        "e => { const s = getComputedStyle(e); return [s.borderTopWidth, s.paddingLeft] }"
    )
    assert frame == ["0px", "0px"]
    enclosed = page.locator(".paper").evaluate("e => e.scrollWidth <= e.clientWidth + 1")
    assert enclosed
