"""Pure: parse delivery reports of all kinds and read receipts.

Standard reports (RFC 3464, RFC 6533, RFC 8098) are parsed by their fields. About a quarter of all
bounces are not standard: plain text by qmail, Exim, Haraka, sendmail or Exchange, Chinese HTML by
163.com or QQ. They are recognized by their sender and a table of phrases. flufl.bounce was
considered: it extracts addresses from English bounces, but here the address is known, and the
question is whether the mail failed, is delayed, or is no bounce at all.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum

from app.core import addresses
from app.core.wording import one_line
from app.inbound.parsing import mime

MOST_WORDS = 60_000  # characters that are searched
_ENHANCED = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")


class ReportStatus(StrEnum):
    """What a mail reports about one that we sent."""

    NOTHING = "nothing"
    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    DISPLAYED = "displayed"  # read receipt: displayed
    DELETED = "deleted"  # read receipt: deleted without being read
    UNCLEAR = "unclear"  # by a mail system or program; needs a person


@dataclass(frozen=True)
class Bounce:
    """The report on one recipient (RFC 3464, 2.3)."""

    recipient: str
    action: str  # failed | delayed | delivered | relayed | expanded | expired
    status: str  # "5.1.1"
    diagnostic: str


@dataclass(frozen=True)
class Report:
    """A report about a sent mail; ``ids`` are possible ids of that mail.

    ``is_sure`` tells that no person can have written it.
    """

    status: ReportStatus = ReportStatus.NOTHING
    bounces: tuple[Bounce, ...] = ()
    ids: tuple[str, ...] = ()
    text: str = ""
    is_sure: bool = True

    def names(self, address: str) -> bool:
        """Tell whether an address occurs in the report, its domain in Unicode or IDNA."""
        return any(
            re.search(rf"(?<![\w.+-]){re.escape(each)}(?![\w-]|\.\w)", self.text)
            for each in addresses.spellings(address)
        )


# Phrases. Latin ones are matched with whitespace collapsed, others with whitespace removed.
_FAILED = (
    r"(could|can|would|will|was|were|is|has|have|had|did|does)( ?not|n['’]t)( yet)?( be| been)? "
    r"(successfully )?(deliver|sent\b|transmitted)",
    r"\b(unable|not able|inability|impossible) to (be )?(deliver|relay|transmit)|"
    r"\breach(ed)? (the |its |any |some |these |one or more )?(intended |following )?"
    r"(recipient|address|host|server)",
    r"\bun-?deliver(able|ed)\b|\bnon-?deliver(y|able)\b|\bnot delivered\b",
    r"\b(delivery|deliver|mail|e-?mail|message|transmission|transfer)\b[^.!?]{0,60}"
    r"\b(failed|failure|aborted|unsuccessful|refused|rejected|bounced|blocked|discarded)\b|"
    r"\bwas aborted\b",
    r"\bfail(ed|ure)\b[^.!?]{0,30}\b(deliver|recipient|address)",
    r"\bfailure notice\b|\breturned (mail|to sender)\b|\bmail returned\b|\breturning message\b",
    r"\b(user|recipient|mailbox|address|account|domain|host)\b[^.!?\n]{0,50}"
    r"\b(unknown|not found|invalid|disabled|inactive|suspended|unavailable|rejected|full|"
    r"(does|do)( not|n['’]t) exist|doesn['’]t have|not exist|no longer (exists|valid|available)|"
    r"over ?quota)",
    r"\b(unknown|no such|invalid|bad|non-?existent|unrout[e]?able|not a valid) (local )?"
    r"(user|recipient|mailbox|address|account|domain|host|destination|person|name)",
    r"\bno (mailbox|user|account|mail ?box) (here )?(by|with|of|named)\b|\bnot listed in\b",
    r"\bover ?quota\b|\bquota\b[^.!?]{0,20}\bexceed|\bexceed[^.!?]{0,30}\bquota\b",
    r"\bpermanent(ly)? (fatal )?(error|failure|fail)|\bfatal errors?\b|\bgiving up\b|\bgave up\b",
    r"\b(retry time(out)?|time) exceeded\b|\b(message|mail) (has )?expired\b|\bqueue\.expired\b",
    r"\bdid not reach\b|\brejected (by|your)\b|\brecipients? (refused|rejected)\b|"
    r"\b(automatically|was|been|were) (rejected|refused|bounced|returned)\b|"
    r"\b(could|can)( ?not|n['’]t) be (accepted|routed|relayed|processed)\b|\bhop count exceeded|"
    r"\bmail(ing)? loop\b|\brelay(ing)? (access )?(denied|not (allowed|permitted))|"
    r"\bno longer (accepts?|receives?) (e-?)?mail|\bhas no mx\b|\bnot go through\b|"
    r"\bnot our customer\b|\bhost (or domain name )?not found\b",
    # German, French, Spanish, Portuguese, Italian, Dutch, the north, Russian, and others
    r"\bunzustellbar|\bnicht\b[^.!?]{0,40}\b(zugestellt|übermittelt|ausgeliefert)|"
    r"\bzustellung\b[^.!?]{0,40}\b(fehlgeschlagen|nicht möglich|gescheitert)",
    r"\bnon remis|\bn['’]a (pas )?(pu |été )?[^.!?]{0,20}(remis|distribué|délivré)|"
    r"\bn['’]a pas\b[^.!?]{0,30}\b(remis|distribué|délivré)|\béchec\b[^.!?]{0,30}\b(remise|"
    r"distribution|livraison|envoi)|"
    r"\bimpossible de (remettre|distribuer)",
    r"\bno se (ha |pudo |puede |ha podido )[^.!?]{0,20}entrega|\bno entregad|\bno (ha sido|"
    r"fue) entregad|"
    r"\b(error|fallo|falla)\b[^.!?]{0,20}\bentrega|\bno se pudo entregar",
    r"\bnão (foi|pôde|pode|pôde ser)\b[^.!?]{0,30}\bentreg|\bfalha\b[^.!?]{0,20}\bentrega|"
    r"\bnão entregue",
    r"\bnon (è stat|può essere|è stato possibile)[^.!?]{0,30}(consegn|recapit)|\bmancata consegna|"
    r"\bnon recapitabil",
    r"\bonbestelbaar|\bniet\b[^.!?]{0,30}\b(bezorgd|afgeleverd)|\bolevererbart|"
    r"\bkunde inte levereras",
    r"\bне (может быть|был[оаи]?|удалось|удаётся)[^.!?]{0,40}достав|\bнедоставлен|"
    r"\bдоставить[^.!?]{0,30}не удалось|\bошибка доставки|\bне доставлено?|\bнедоставлено?",
    r"\b(kunne ikke|kan ikke|blev ikke|ble ikke|kunde inte|har inte)\b[^.!?]{0,20}\blevere|"
    r"\bei (voi|voitu|voida|ole)\b[^.!?]{0,20}\btoimit|\bnie (można|mogła?|udało się|"
    r"zostało?a?)\b[^.!?]{0,30}(dostarcz|doręcz)|\bniedostarcz|\bneb(ylo?a?|ude)\b[^.!?]{0,20}"
    r"doruč|\bnedoruč|\bnem (kézbesíthető|sikerült)|\b(teslim|iletil)\w* ?e?di?lemedi|"
    r"\bkhông thể (gửi|chuyển)|\bδεν (παραδόθηκε|ήταν δυνατ|μπόρεσε)|تعذر (تسليم|إرسال)",
    r"\b(impossibile|non) (recapitare|consegnare)|\bbezorging[^.!?]{0,20}mislukt|"
    r"\bentrega[^.!?]{0,20}falhou|\bn['’]a pu être acheminé|\bne peut être (délivré|remis)|"
    r"\bno pudo ser entregad|\bfue rechazado|\bnicht erreicht werden\b",
    # a mailbox that is full or unknown
    r"\b(postfach|mailbox)[^.!?]{0,40}\bvoll\b|\bboîte[^.!?]{0,30}\bpleine\b|\bcasella"
    r"[^.!?]{0,30}\bpiena\b|\bcaixa[^.!?]{0,30}\bcheia\b|\bbuzón[^.!?]{0,30}(llen|no existe)|"
    r"\bempfänger[^.!?]{0,20}\bunbekannt\b|\b(adresse|destinataire)[^.!?]{0,20}\binconnu|"
    r"\busuario[^.!?]{0,20}(desconocido|no existe)|\bпользователь не найден",
)
_FAILED_CJK = (
    # Chinese, both writings
    r"退信|退件|邮件退回|郵件退回|被退回|退回给|退回給",
    r"[无無]法(将|將|把)?[^。！]{0,20}(送达|送達|投递|投遞|[发發]送|[传傳]送|[传傳][递遞]|"
    r"[递遞]送|寄送|到达|到達)",
    r"(未能|不能|没有|沒有|未|没能|沒能|尚未)(被|成功)?(送达|送達|投递|投遞|[发發]送|"
    r"[传傳][递遞送]|[递遞]送|寄[达達送]|到达|到達)",
    r"(投递|投遞|[发發]送|送达|送達|[传傳][递遞送]|[递遞]送|寄送)(失[败敗]|不成功|[错錯][误誤])",
    r"(收件人|收信人|用[户戶]|地址|[邮郵]箱|[帐帳账賬][号號户戶]|域名)[^。！]{0,16}"
    r"(不存在|有[误誤]|[错錯][误誤]|[无無]效|已[满滿]|[满滿]了|被禁用|停用|被拒|拒收|超出|"
    r"超[过過])",
    r"拒收|拒[绝絕](了|接收|您的|你的|此|该|該)|被(对方|對方|收件)[^。！]{0,20}拒[绝絕]|"
    r"空[间間]不足",
    # Japanese, Korean
    r"(配信|配達|送信|送達)することが?でき(ません|なかった)|수신자를찾을수없|"
    r"配信(でき|不能|に失敗|エラー|されません)|送信(できません|できなかった|に失敗|エラー)|"
    r"届(きません|けられません|けることができません)|宛先(が)?(不明|見つかりません)|"
    r"(ユーザー?|アドレス)[がは](不明|存在しません|見つかりません)",
    r"전달(되지|할수없|하지못|에실패)|배달(되지|실패|할수없)|(전송|발송)(실패|하지못|할수없)|반송",
)
_DELAYED = (
    r"\b(delayed|delay)\b|\bnot yet been delivered\b|\bstill (undelivered|being retried|trying)\b",
    r"\b(will|shall)\b[^.!?]{0,30}\b(retry|retried|retrying|keep trying|try again|attempted again|"
    r"continue(d)? (trying|to (try|be|attempt|send|deliver|retry)))",
    r"\b(attempts?|retr(y|ies)|trying)\b[^.!?]{0,20}\bwill continue\b|\bwill continue to be\b",
    r"\b(do )?not need to resend|\bneed not resend|\bwarning message only\b|"
    r"\bno action is required\b",
    r"\bverzögert|\bretardé|\bretrasad|\batrasad|\britardat|\bотложен",
)
_DELAYED_CJK = (
    r"延[迟遲](投递|投遞|送达|送達|[发發]送|通知)|(投递|投遞|送达|送達|[发發]送)[^。]{0,6}延[迟遲]|"
    r"[将將会會](再次|[继繼][续續]|自[动動]重|重新)[^。]{0,8}(投递|投遞|[尝嘗][试試]|[发發]送|"
    r"重[试試])|"
    r"仍在[^。]{0,6}(投递|投遞|[尝嘗][试試])|(不必|无需|無需|不用)重新?[发發]送|"
    r"配信(が)?遅延|引き続き(配信|送信)",
)
_FINAL = (
    r"\b(giving up|gave up|given up)\b|\bpermanent(ly)?\b|\bfatal errors\b|"
    r"\bin the queue too long\b",
    r"\b(will|shall|would) not (be )?(retr|attempt|try|be attempted)|\bno (further|"
    r"more) attempts\b|"
    r"\bnot be retried\b|\b(message|mail)( has)? expired\b|\bqueue\.expired\b|"
    r"\breturned to sender\b|"
    r"\btimeout exceeded\b|\btime limit exceeded\b|\b(could|can)( ?not|"
    r"n['’]t) be delivered\b[^.!?]{0,60}\bfor \d+ days\b",
)
_FINAL_CJK = (
    r"不再(重[试試]|[尝嘗][试試]|投递|投遞|[发發]送)|放[弃棄](投递|投遞|[发發]送)|退信|已退回",
)
_DELIVERED = (
    r"\b(was|were|has been|have been) (successfully )?(delivered|relayed)\b|"
    r"\bsuccessful(ly)? (mail )?deliver|\bdelivery (success|receipt|confirm)|^(relayed|"
    r"delivered):|"
    r"\bdelivery to these recipients[^.]{0,40}(is )?complete",
)
_DELIVERED_CJK = (r"(已|成功)(成功)?(送达|送達|投递到|投遞到)|(送达|送達)(回[执執]|通知|成功)",)
# Held until somebody acts (challenge, moderation, quarantine), or an abandoned mailbox.
_HELD = (
    r"\bno longer\b[^.!?]{0,30}\b(in use|used|active|monitored|read|work|employ|with|at)\b|"
    r"\b(has|have) left\b[^.!?]{0,30}\b(firm|company|office|us)\b|\bnot (be )?(monitored|read)\b|"
    r"\bnicht (gelesen|weitergeleitet)\b|\bnicht mehr\b[^.!?]{0,30}\b(tätig|aktiv|gültig)\b",
    r"\b(awaiting|pending|held|holding|waiting|requires?|needs)\b[^.!?]{0,50}"
    r"\b(approv|moderat|verif|confirm|authoriz|quarantine|review)",
    r"\b(confirm|verify|prove)\b[^.!?]{0,60}\b(deliver|human|not a (robot|spammer)|real person)",
    r"\bquarantined\b",
)
_HELD_CJK = (
    r"离职|離職|不再使用|不再[担擔]任|已?停止使用|更[换換]邮箱|邮箱已(更[换換]|停用|[弃棄]用)|"
    r"(等待|需要?|[经經][过過]?)[^。]{0,8}(审核|審核|[验驗][证證]|批准|隔[离離])",
)
_AWAY = (
    r"\bout[ -]of[ -](the[ -])?office\b|\b(automatic|auto)[ -]?(reply|response|responder)\b|"
    r"\bon (annual |sick |parental |maternity |business )?(leave|holiday|vacation|trip)\b|"
    r"\baway from (my|the) (desk|office|e-?mail)\b|\bvacation\b|\babwesen|\babsent\b|\babsence\b|"
    r"\bfuera de (la )?oficina\b|\bfuori sede\b",
)
_AWAY_CJK = (
    r"自[动動](回[复復覆]|答[复復覆]|回信)|外出|休假|年假|出差|不在(辦公室|办公室)|不在席|"
    r"自動返信|부재중",
)

_CODE = re.compile(
    r"(?<![\d.])5\d\d[ :,-]{1,3}[#(]?5\.\d{1,3}\.\d{1,3}(?![\d.])|"
    r"(?:#|status(?: code)?:? ?|code:? ?|smtp; ?|error:? ?|\()5\.\d{1,3}\.\d{1,3}(?![\d.])",
    re.IGNORECASE,
)
# In text by a mail system a bare reply code suffices.
_BARE_CODE = re.compile(r"(?<![\d.])5\.[0-7]\.\d{1,2}(?![\d.])|(?<![\d.#-])55[0-9][ -][a-z<(\"']")
_SYSTEM = re.compile(
    r"(mailer[-_.]?daemon|post-?master|mail[-_.]?(daemon|system|server|delivery|er)|m?daemon|"
    r"double-?bounce|bounces?|ndr|non-?delivery|maildeliverysystem|microsoftexchange[0-9a-f]*)"
    r"([-_+.=].*)?",
    re.IGNORECASE,
)
_SYSTEM_NAME = re.compile(
    r"mail(er)?[ -]*(delivery|deliver|daemon|transport)|delivery (sub)?system|post-?master|"
    r"(system|mail|e-?mail) administrator|mail system|系统退信|退信|郵件系統|邮件系统",
    re.IGNORECASE,
)
# Subjects that only systems use; anchored at the beginning, to exclude forwarded mails.
_SYSTEM_SUBJECT = re.compile(
    r"\s*(\[[^\]]{1,40}\]\s*)?(undeliver(able|ed)|returned mail|failure notice|"
    r"mail (delivery )?(failed|failure|"
    r"error)|delivery (status notification|failure|report|has failed|notification|failed)|"
    r"message (delivery )?(failed|failure|undeliverable)|(mail )?system error|non-?delivery|"
    r"mail undeliverable|mail could not be delivered|warning: (message|could not send)|"
    r"unzustellbar|non remis|no se puede entregar|no entregado|non recapitabile|não entregue|"
    r"olevererbart|onbestelbaar|недоставлен|不能投递|未传递|未送达|未送達|無法傳遞|无法传递|"
    r"系统退信|系統退信|退信|邮件退回|投递失败|邮件投递失败|メール配信エラー|配信不能)",
    re.IGNORECASE,
)
_READ_SUBJECT = re.compile(
    r"\s*(read( receipt)?|gelesen|lu|leído|lido|letto|прочитано|已读(回执)?|已讀(回條)?|阅读回执|"
    r"开封通知|開封済み|return receipt \(displayed\))\s*[:：-]|.{0,80}\(displayed\)",
    re.IGNORECASE,
)
_UNREAD_SUBJECT = re.compile(
    r"\s*(not read|unread|ungelesen|non lu|no leído|não lido|non letto|не прочитано|未读|未讀|"
    r"未開封)\s*[:：]",
    re.IGNORECASE,
)
_READ_WORDS = re.compile(
    r"\b(was|has been|were) (read|displayed|opened)\b|已被?(阅读|閱讀|打开|打開)|于.{0,40}阅读|"
    r"開封されました",
    re.IGNORECASE,
)
_OUR_ID = re.compile(
    r"\bn\d{1,18}\.\d{1,6}\.[0-9a-f]{12}@[A-Za-z0-9][A-Za-z0-9.:-]{0,250}[A-Za-z0-9]"
)
_RETURNED = re.compile(rf"(?im)^[ \t>]*(?:message-id|references):[^\n]{{0,400}}?{_OUR_ID.pattern}")
_REPLY_SUBJECT = re.compile(
    r"\s*(re|fwd?|aw|wg|tr|sv|antw|回[复復覆]|答[复復覆]|[转轉][发發寄])\s*[:：]", re.I
)
_ANY_ID = re.compile(r"<([^<>\s@]{1,200}@[^<>\s@]{1,200})>")
_QUEUE_ID = re.compile(r"\b(?:id|queued as)[ =:]{1,2}<?([A-Za-z0-9][\w.=/+-]{15,99})")
ACTIONS = {
    "failed": ReportStatus.FAILED,
    "failure": ReportStatus.FAILED,
    "expired": ReportStatus.FAILED,
    "undeliverable": ReportStatus.FAILED,
    "undelivered": ReportStatus.FAILED,
    "rejected": ReportStatus.FAILED,
    "bounced": ReportStatus.FAILED,
    "delayed": ReportStatus.DELAYED,
    "delivered": ReportStatus.DELIVERED,
    "relayed": ReportStatus.DELIVERED,
    "expanded": ReportStatus.DELIVERED,
}


class _PhraseTable:
    """Patterns of phrases, Latin and others, to be searched in a text."""

    def __init__(self, latin: Sequence[str], others: Sequence[str] = ()) -> None:
        self._latin = re.compile("|".join(latin), re.IGNORECASE)
        self._others = re.compile("|".join(others)) if others else None

    def matches(self, text: "_SearchText") -> bool:
        """Tell whether any of the phrases occurs."""
        return bool(self._latin.search(text.spaced)) or bool(
            self._others and self._others.search(text.squeezed)
        )


class _SearchText:
    def __init__(self, words: str) -> None:
        parts = words[:MOST_WORDS].split()
        self.spaced, self.squeezed = " ".join(parts), "".join(parts)


FAILED, DELAYED = _PhraseTable(_FAILED, _FAILED_CJK), _PhraseTable(_DELAYED, _DELAYED_CJK)
FINAL, DELIVERED = _PhraseTable(_FINAL, _FINAL_CJK), _PhraseTable(_DELIVERED, _DELIVERED_CJK)
HELD, AWAY = _PhraseTable(_HELD, _HELD_CJK), _PhraseTable(_AWAY, _AWAY_CJK)


def read(
    message: Message, every: Sequence[Message], own: Sequence[Message], *, automatic: bool
) -> Report:
    """Parse a mail as a report; ``every`` and ``own`` are its parts (see mime.parts_of)."""
    text = "\n".join(_report_texts(own))[:MOST_WORDS]
    full_text = _full_text(message, every, text)
    bounces = tuple(_delivery_bounces(own))
    status = _receipt_status(message, own, text) if not bounces else ReportStatus.NOTHING
    if status is ReportStatus.NOTHING:
        status = _worst_status(bounces) or _classify_text(
            message, text, full_text, automatic=automatic
        )
    if status in (ReportStatus.FAILED, ReportStatus.DELAYED) and not bounces:
        bounces = (_guessed_bounce(message, status, text),)
    subject = mime.header(message, "Subject", 300)
    subject_says_so = bool(_SYSTEM_SUBJECT.match(subject)) or FAILED.matches(_SearchText(subject))
    is_sure = (
        automatic
        or is_system(message)
        or (subject_says_so and _contains_our_header(message, full_text))
    )
    return Report(
        status, bounces, _possible_ids(message, every, full_text), full_text.lower(), is_sure
    )


def _report_texts(own: Sequence[Message]) -> list[str]:
    return [
        mime.part_text(part)
        for part in own
        if part.get_content_maintype() == "text"
        and part.get_content_type() != "text/calendar"
        and part.get_content_type() != "text/rfc822-headers"
    ]


def _full_text(message: Message, every: Sequence[Message], report_text: str) -> str:
    """Return all text of a mail that may contain an id or an address."""
    texts = [report_text, *mime.values(message, "X-Failed-Recipients")]
    for part in every:
        kind = part.get_content_type()
        if kind in ("text/rfc822-headers", "message/rfc822-headers"):
            texts.append(mime.decode(mime.body(part)[:64_000], mime.charset_of(part)))
        elif kind.endswith("delivery-status") or kind == "message/disposition-notification":
            texts += [_headers(block) for block in mime.blocks(part)]
        elif kind.startswith("message/"):
            texts.append(_headers(mime.carried(part)))
        elif part.get_content_maintype() == "text" and kind != "text/calendar":
            texts.append(mime.part_text(part)[:MOST_WORDS])
    return "\n".join(texts)[: MOST_WORDS * 4]


def _headers(block: Message) -> str:
    return "\n".join(f"{name}: {mime.decoded(str(value))}" for name, value in block.raw_items())


def _delivery_bounces(own: Sequence[Message]) -> list[Bounce]:
    bounces: list[Bounce] = []
    for part in own:
        if part.get_content_type() not in (
            "message/delivery-status",
            "message/global-delivery-status",
        ):
            continue
        for block in mime.blocks(part):
            if "Final-Recipient" in block or "Original-Recipient" in block or "Action" in block:
                bounces.append(_bounce(block))
    return bounces[: mime.MOST_PARTS]


def _bounce(block: Message) -> Bounce:
    recipient = mime.value(block, "Final-Recipient") or mime.value(block, "Original-Recipient")
    status = _ENHANCED.search(mime.value(block, "Status"))
    action = re.split(r"[\s(;]", mime.value(block, "Action").strip().lower())[0][:20]
    return Bounce(
        recipient=one_line(recipient.rpartition(";")[2]).strip().strip("<>").lower()[:254],
        action=action or _implied_action(status.group() if status else ""),
        status=status.group() if status else "",
        diagnostic=one_line(mime.decoded(mime.value(block, "Diagnostic-Code")[:2000]))[:500],
    )


def _implied_action(status: str) -> str:
    """Return the action implied by a status code, if the action is missing."""
    return {"5": "failed", "4": "delayed", "2": "delivered"}.get(status[:1], "")


def _worst_status(bounces: Sequence[Bounce]) -> ReportStatus | None:
    """Return the worst status of all recipients, or None if there are none."""
    statuses = [status_of(each) for each in bounces]
    order = (
        ReportStatus.FAILED,
        ReportStatus.UNCLEAR,
        ReportStatus.DELAYED,
        ReportStatus.DELIVERED,
    )
    return next((each for each in order if each in statuses), None)


def status_of(bounce: Bounce) -> ReportStatus:
    """Return the status of an action; non-standard ones are UNCLEAR."""
    if status := ACTIONS.get(bounce.action):
        return status
    return ReportStatus.FAILED if bounce.status.startswith("5.") else ReportStatus.UNCLEAR


def _receipt_status(message: Message, own: Sequence[Message], text: str) -> ReportStatus:
    """Recognize a read receipt (RFC 8098), also in the formats of Outlook and Chinese programs."""
    for part in own:
        kind = part.get_content_type()
        if kind in ("message/disposition-notification", "message/global-disposition-notification"):
            dispositions = [mime.value(each, "Disposition").lower() for each in mime.blocks(part)]
            return _disposition_status(next(filter(None, dispositions), ""), _SearchText(text))
    subject = mime.header(message, "Subject", 300)
    if _UNREAD_SUBJECT.match(subject):
        return ReportStatus.DELETED
    if _READ_SUBJECT.match(subject) and _READ_WORDS.search(text):
        return ReportStatus.DISPLAYED
    return ReportStatus.NOTHING


def _disposition_status(disposition: str, text: _SearchText) -> ReportStatus:
    mode, _, outcome = disposition.partition(";")
    kind = re.split(r"[/,\s]", outcome.strip())[0]
    if kind == "displayed":
        return ReportStatus.DISPLAYED
    if kind == "deleted":
        # Sieve rejections (RFC 5429, 2.2) and Dovecot's full mailbox look like this.
        refused = "automatic-action" in mode and FAILED.matches(text)
        return ReportStatus.FAILED if refused else ReportStatus.DELETED
    # Processed, dispatched, denied: no statement on reading.
    is_neutral = kind in ("processed", "dispatched", "denied")
    return (
        ReportStatus.DELIVERED if is_neutral and not FAILED.matches(text) else ReportStatus.UNCLEAR
    )


def is_system(message: Message) -> bool:
    """Tell whether a mail claims to be from a mail system, by a name that no person uses."""
    sender = mime.header(message, "From", 500)
    name, _, address = sender.rpartition("<")
    local = address.strip(" <>\"'").rpartition("@")[0] or address.strip(" <>\"'")
    return (
        "X-Failed-Recipients" in message
        or message.get_content_type() == "multipart/report"
        or bool(_SYSTEM.fullmatch(local))
        or bool(_SYSTEM_NAME.search(name))
        or not sender.strip(" <>")
    )


def _classify_text(
    message: Message, report_text: str, full_text: str, *, automatic: bool
) -> ReportStatus:
    """Classify by sender and phrases: only what a mail system writes is a report.

    A mail that contains our header under a new subject may be from a system with an unusual name,
    or from a person who attached our mail: then only a failure counts, and the assistant reads it.
    """
    subject = mime.header(message, "Subject", 300)
    has_our_header = _contains_our_header(message, full_text)
    from_system = is_system(message) or bool(_SYSTEM_SUBJECT.match(subject)) or has_our_header
    if not (from_system or automatic):
        return ReportStatus.NOTHING
    text = _SearchText(f"{subject}\n{report_text}")
    failed = FAILED.matches(text) or bool(_CODE.search(text.spaced))
    null_sender = mime.value(message, "Return-Path").strip() == "<>"
    is_auto_reply = (mime.value(message, "Auto-Submitted") or "no").strip().lower() != "no"
    # A null sender that is not an auto-reply is a mail system (RFC 5321, 4.5.5).
    from_system = from_system or (null_sender and not is_auto_reply and not AWAY.matches(text))
    if from_system:
        status = _classify_system_text(text, "X-Failed-Recipients" in message, failed)
        may_be_person = not (automatic or is_system(message))
        return (
            ReportStatus.NOTHING if may_be_person and status is not ReportStatus.FAILED else status
        )
    # An auto-responder: it may mention that mail does not arrive, but cannot know.
    return ReportStatus.UNCLEAR if failed or HELD.matches(text) else ReportStatus.NOTHING


def _contains_our_header(message: Message, full_text: str) -> bool:
    """Tell whether a mail contains our header, and its subject is not that of a reply."""
    subject = mime.header(message, "Subject", 300)
    return bool(_RETURNED.search(full_text)) and not _REPLY_SUBJECT.match(subject)


def _classify_system_text(text: _SearchText, names_recipient: bool, failed: bool) -> ReportStatus:
    if DELAYED.matches(text) and not FINAL.matches(text):
        return ReportStatus.DELAYED
    if failed or names_recipient or _BARE_CODE.search(text.spaced.lower()):
        return ReportStatus.FAILED
    if HELD.matches(text):
        return ReportStatus.UNCLEAR
    if DELIVERED.matches(text):
        return ReportStatus.DELIVERED
    return ReportStatus.NOTHING if AWAY.matches(text) else ReportStatus.UNCLEAR


def _guessed_bounce(message: Message, report_status: ReportStatus, text: str) -> Bounce:
    recipient = mime.value(message, "X-Failed-Recipients").split(",")[0]
    match = _ENHANCED.search(text)
    status = match.group() if match else ""
    if not status.startswith("5" if report_status is ReportStatus.FAILED else "4"):
        status = ""
    position = match.start() if match else 0
    diagnostic = text[max(0, position - 200) : position + 300] if match else text[:500]
    return Bounce(
        one_line(recipient).lower()[:254], report_status.value, status, one_line(diagnostic)[:500]
    )


def _possible_ids(message: Message, every: Sequence[Message], full_text: str) -> tuple[str, ...]:
    """Return possible ids of our mail: Message-IDs, and ids assigned by servers."""
    ids = [f"<{each}>" for each in _OUR_ID.findall(full_text)]
    for name in ("In-Reply-To", "References"):
        ids += mime.ids(message, name)
    ids += [f"<{each}>" for each in _ANY_ID.findall(full_text)[:100]]
    ids += _QUEUE_ID.findall(full_text)[:100]
    return tuple(dict.fromkeys(each for each in ids if len(each) <= 300))[:300]
