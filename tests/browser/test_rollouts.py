"""A process owner gives a fifth of the new cases to a new version, is asked for a colleague to widen it, and goes back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from . import bundles
from .bundles import NEW, OLD, archive
from .test_owner import INQUIRY, QUOTED, REASON, REMARK, brings, taken_home

WORSE = {"en": "Complaints came", "zh": "客户有投诉"}


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_share_is_deployed_widened_stopped_and_taken_back(own_office, enter, lang):
    office = own_office
    owner, second = enter(office, "sun.ke", lang), enter(office, "qian.wen", lang)
    owner.known = second.known = (*OLD.values(), *NEW.values(), *QUOTED)
    brings(owner, archive(bundles.renamed(taken_home(owner))))
    share = owner.page.get_by_label(owner.say("Share of the new cases, in percent"))
    expect(share).to_have_value("100")
    share.fill("20")
    owner.page.get_by_label(owner.say("Reason")).fill(REASON[lang])
    owner.presses(owner.say("Ask a second process owner to approve"))
    owner.sees(owner.say("%(n)s %% of the new cases", n=20)).sees(
        owner.say("No dry run was made with exactly these files.")
    )

    second.follows(second.say("Studio")).follows(INQUIRY[lang])
    second.page.get_by_label(second.say("Remark")).fill(REMARK[lang])
    second.presses(second.say("Approve and deploy version %(n)s", n=2))
    second.sees(second.say("It is for %(percent)s %% of the new cases.", percent=20))
    assert [(one.version, int(one.share)) for one in office.engine.rolled_out("inquiry").shares] == [(2, 20), (1, 80)]

    owner.goes("/studio/inquiry").follows(owner.say("Widen, stop, go back"))
    owner.page.locator("#widen-reason").fill(REASON[lang])
    owner.presses(owner.say("Change the share"))
    owner.sees(owner.say("So many cases were not approved yet: a second process owner decides."))
    (proposal,) = office.engine.proposals()
    assert (proposal.version, proposal.percent) == (2, 100)

    owner.goes("/studio/inquiry/rollouts")
    owner.page.locator("#stop-reason").fill(WORSE[lang])
    owner.presses(owner.say("Stop the rollout")).sees(
        owner.say("Version %(version)s gets no more new cases.", version=2)
    )
    expect(owner.page.get_by_role("button", name=owner.say("Stop the rollout"))).to_have_count(0)

    second.goes(f"/studio/proposals/{proposal.id}")
    second.presses(second.say("Approve the share of version %(n)s", n=2))
    assert [one.version for one in office.engine.rolled_out("inquiry").shares] == [2]
    owner.goes("/studio/inquiry/rollouts")
    owner.page.locator("#back-version").select_option("1")
    owner.page.locator("#back-reason").fill(WORSE[lang])
    owner.presses(owner.say("Go back to this version"))
    owner.sees(owner.say("All new cases begin with version %(version)s again.", version=1)).sees(WORSE[lang])
    assert [one.version for one in office.engine.rolled_out("inquiry").shares] == [1]
    assert [row.percent for row in office.engine.rollouts("inquiry")] == [100, 100, 0, 20, 100]
