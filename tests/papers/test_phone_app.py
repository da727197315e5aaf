"""The page of papers as an app of a phone: its manifest, and files that other apps share into it."""

import re
from typing import Any

import pytest

from tests.conftest import CASE, Scenario
from tests.counsel.test_answers import browser, nonce, words
from tests.delegates.test_papers import named_for
from tests.papers.giving import JPEG, PDF, draft, send
from tests.papers.test_device_links import case
from tests.questions.test_questions import entries, key

__all__ = ["case"]  # a fixture
pytestmark = pytest.mark.database
SHARED = {"title": "合同", "text": "", "link": ""}


def manifest_of(page: Any) -> str:
    """The address of a page's manifest."""
    [address] = re.findall(r'<link rel="manifest" href="([^"]+)"', page.text)
    return address


def test_a_phone_shares_files_into_the_draft(scenario: Scenario, case: dict[str, Any]) -> None:
    zhao = key(scenario, "Zhao Lei")
    phone = browser(scenario)
    page = phone.get(f"{zhao}/papers")
    assert "manifest-src 'self'" in page.headers["Content-Security-Policy"]
    response = phone.get(manifest_of(page))
    assert response.mimetype == "application/manifest+json"
    app = response.json
    assert CASE["number"] in app["name"]
    assert app["short_name"] == "Papers 12345号"
    for each in app["icons"]:
        picture = phone.get(each["src"])
        width = int.from_bytes(picture.data[16:20], "big")
        assert each["sizes"] == f"{width}x{width}"
    # What goes to third parties is not the key of the page, and opens nothing by itself.
    token = zhao.removeprefix("/r/")
    assert token not in response.text
    assert token not in manifest_of(page)
    stranger = browser(scenario)
    for path in (app["start_url"], app["start_url"].removesuffix("/papers/app")):
        opened = stranger.get(path)
        assert token not in opened.text
        assert "Location" not in opened.headers
    target = app["share_target"]
    assert (target["method"], target["enctype"]) == ("POST", "multipart/form-data")
    assert [each["name"] for each in target["params"]["files"]] == ["photo", "file"]
    # Photographs are pages of one paper, other files papers of their own.
    files = [("photo", "1.jpg", JPEG), ("photo", "2.jpg", JPEG + b"2"), ("file", "a.pdf", PDF)]
    shared = send(phone, target["action"], SHARED, files)
    assert shared.status_code == 303
    assert token not in shared.location
    landed = phone.get(shared.location)
    assert landed.location == f"{zhao}/papers?shared=3"
    shown = words(phone.get(landed.location))
    assert "3 files came from another app. They are in your draft; nothing is filed." in shown
    assert "2 papers so far" in shown
    assert [each for each in entries(scenario, case) if each["what"] == "filed"] == []
    # A phone that never opened the page: the files are kept, and it says how to go on.
    lost = stranger.get(send(stranger, target["action"], SHARED, files[:1]).location)
    assert "Open the link of the court's message once" in words(lost)
    assert "What you shared is in the draft of case" in words(lost)
    assert token not in lost.text
    assert "3 papers so far" in words(phone.get(f"{zhao}/papers"))


def test_what_is_shared_may_be_no_file_or_none_that_is_taken(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao = key(scenario, "Zhao Lei")
    phone = browser(scenario)
    action = manifest_of(phone.get(f"{zhao}/papers")).replace("app.webmanifest", "share")
    none = phone.get(send(phone, action, {"text": "https://example.org"}).location)
    assert "What the other app shared is no file" in words(phone.get(none.location))
    bad = send(phone, action, SHARED, [("file", "x.exe", b"MZ"), ("file", "empty.pdf", b"")])
    shown = words(phone.get(phone.get(bad.location).location))
    assert "“x.exe” is of a type that is not taken" in shown
    assert "“empty.pdf” is empty" in shown


def test_a_share_key_ends_with_the_link_and_serves_no_other_site(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    phone = browser(scenario)
    action = manifest_of(phone.get(f"{zhao}/papers")).replace("app.webmanifest", "share")
    others = manifest_of(browser(scenario).get(f"{li}/papers")).replace("app.webmanifest", "share")
    assert action != others
    file = [("file", "a.pdf", PDF)]
    path = action.removeprefix("/r/").partition("/")[0]
    changed = action.replace(path, path[:-1] + ("A" if path[-1] != "A" else "B"))
    for forged in (changed, f"{zhao}/papers/share", "/r/nothing/papers/share"):
        assert send(phone, forged, SHARED, file).status_code == 410
    phone.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
    assert send(phone, action, SHARED, file).status_code == 403
    phone.environ_base["HTTP_SEC_FETCH_SITE"] = "none"  # as a phone sends what another app shares
    assert send(phone, action, SHARED, file).status_code == 303
    del phone.environ_base["HTTP_SEC_FETCH_SITE"]
    # The share key opens no other page and does no other act of counsel.
    for below in ("", "/papers", "/papers/draft.json", "/record"):
        assert phone.get(f"/r/{path}{below}").status_code == 404
    form = {"nonce": nonce(phone.get(f"{zhao}/link")), "sure": "1"}
    assert phone.post(f"{zhao}/link", data=form).status_code == 303
    ended = send(phone, action, SHARED, file)
    assert ended.status_code == 410
    assert "This app is no longer connected" in words(ended)
    assert phone.get(action.replace("share", "app")).status_code == 410


def test_a_delegate_shares_into_counsels_draft_while_they_may_act(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao = key(scenario, "Zhao Lei")
    lin, reader = (
        named_for(scenario, zhao),
        named_for(scenario, zhao, name="Xu Ke", email="xu@jinmao.example", may="read"),
    )
    assert 'rel="manifest"' not in browser(scenario).get(f"{reader}/papers").text
    phone = browser(scenario)
    action = manifest_of(phone.get(f"{lin}/papers")).replace("app.webmanifest", "share")
    file = [("file", "lease.pdf", PDF)]
    landed = phone.get(send(phone, action, SHARED, file).location)
    assert landed.location == f"{lin}/papers?shared=1"
    assert "lease" in words(browser(scenario).get(f"{zhao}/papers"))
    own = browser(scenario)
    page = own.get(f"{zhao}/delegate")
    for number in re.findall(r'name="delegate" value="(\d+)"', page.text):
        own.post(f"{zhao}/delegate/end", data={"nonce": nonce(page), "delegate": number})
    assert send(phone, action, SHARED, file).status_code == 410
    assert draft(own, zhao, do="file").status_code == 303
