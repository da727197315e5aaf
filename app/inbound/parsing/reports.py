"""Pure: what mail systems say of our mails: delivery reports in all their forms, read receipts.

Reports in the standard's form (RFC 3464, RFC 6533, RFC 8098) are read by their fields. About a
quarter of all bounces have another: plain text of qmail, Exim, Haraka, sendmail or Exchange, pages
in Chinese of 163.com or QQ. They are told by who sent them and by a table of what such words are.
flufl.bounce was looked at and left aside: it finds addresses in English bounces, while here the
address is known and what matters is whether the mail failed, is delayed, or is no bounce at all.
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


class Says(StrEnum):
    """What a mail says of one that we sent."""

    NOTHING = "nothing"
    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    DISPLAYED = "displayed"  # a read receipt: it was shown
    DELETED = "deleted"  # a read receipt: it was deleted, and not read
    UNCLEAR = "unclear"  # of a mail system or program, and a person must read it


@dataclass(frozen=True)
class Bounce:
    """What a mail system says of one mail to one recipient (RFC 3464, 2.3)."""

    recipient: str
    action: str  # failed | delayed | delivered | relayed | expanded | expired
    status: str  # "5.1.1"
    said: str


@dataclass(frozen=True)
class Report:
    """What a mail says of ours, on each recipient; ``ids`` are the marks by which it names ours.

    ``is_sure`` tells that no person can have written it; ``names`` whether an address occurs in it.
    """

    says: Says = Says.NOTHING
    bounces: tuple[Bounce, ...] = ()
    ids: tuple[str, ...] = ()
    text: str = ""
    is_sure: bool = True

    def names(self, address: str) -> bool:
        """Tell whether the report names an address, with its domain in Unicode or IDNA."""
        return any(
            re.search(rf"(?<![\w.+-]){re.escape(each)}(?![\w-]|\.\w)", self.text)
            for each in addresses.spellings(address)
        )


# The table of words. Latin words are sought where runs of blanks are one, others without blanks.
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
# Held until somebody does something: a challenge, a moderator, a quarantine; or nobody reads there.
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
# Of a mail system's own words a bare reply code is enough.
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
# Subjects that only a system gives: at the beginning, so that what a person sends on is theirs.
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
_PERSONS_SUBJECT = re.compile(
    r"\s*(re|fwd?|aw|wg|tr|sv|antw|回[复復覆]|答[复復覆]|[转轉][发發寄])\s*[:：]", re.I
)
_ANY_ID = re.compile(r"<([^<>\s@]{1,200}@[^<>\s@]{1,200})>")
_QUEUE_ID = re.compile(r"\b(?:id|queued as)[ =:]{1,2}<?([A-Za-z0-9][\w.=/+-]{15,99})")
ACTIONS = {
    "failed": Says.FAILED,
    "failure": Says.FAILED,
    "expired": Says.FAILED,
    "undeliverable": Says.FAILED,
    "undelivered": Says.FAILED,
    "rejected": Says.FAILED,
    "bounced": Says.FAILED,
    "delayed": Says.DELAYED,
    "delivered": Says.DELIVERED,
    "relayed": Says.DELIVERED,
    "expanded": Says.DELIVERED,
}


class _Table:
    """Patterns of words, Latin and others, that are sought in a text."""

    def __init__(self, latin: Sequence[str], others: Sequence[str] = ()) -> None:
        self._latin = re.compile("|".join(latin), re.IGNORECASE)
        self._others = re.compile("|".join(others)) if others else None

    def found(self, text: "_Text") -> bool:
        """Tell whether any of the words occurs."""
        return bool(self._latin.search(text.spaced)) or bool(
            self._others and self._others.search(text.squeezed)
        )


class _Text:
    def __init__(self, words: str) -> None:
        parts = words[:MOST_WORDS].split()
        self.spaced, self.squeezed = " ".join(parts), "".join(parts)


FAILED, DELAYED = _Table(_FAILED, _FAILED_CJK), _Table(_DELAYED, _DELAYED_CJK)
FINAL, DELIVERED = _Table(_FINAL, _FINAL_CJK), _Table(_DELIVERED, _DELIVERED_CJK)
HELD, AWAY = _Table(_HELD, _HELD_CJK), _Table(_AWAY, _AWAY_CJK)


def read(
    message: Message, every: Sequence[Message], own: Sequence[Message], *, automatic: bool
) -> Report:
    """Return what a mail says of one of ours; ``every`` and ``own`` are its parts (see mime)."""
    words = "\n".join(_report_words(own))[:MOST_WORDS]
    whole = _whole(message, every, words)
    bounces = tuple(_fields_of_delivery(own))
    says = _receipt(message, own, words) if not bounces else Says.NOTHING
    if says is Says.NOTHING:
        says = _by_actions(bounces) or _by_words(message, words, whole, automatic=automatic)
    if says in (Says.FAILED, Says.DELAYED) and not bounces:
        bounces = (_by_guess(message, says, words),)
    subject = mime.header(message, "Subject", 300)
    says_so = bool(_SYSTEM_SUBJECT.match(subject)) or FAILED.found(_Text(subject))
    is_sure = automatic or is_system(message) or (says_so and _returns(message, whole))
    return Report(says, bounces, _marks(message, every, whole), whole.lower(), is_sure)


def _report_words(own: Sequence[Message]) -> list[str]:
    return [
        mime.words(part)
        for part in own
        if part.get_content_maintype() == "text"
        and part.get_content_type() != "text/calendar"
        and part.get_content_type() != "text/rfc822-headers"
    ]


def _whole(message: Message, every: Sequence[Message], words: str) -> str:
    """Return all words of a mail in which a mark or an address may stand."""
    found = [words, *mime.values(message, "X-Failed-Recipients")]
    for part in every:
        kind = part.get_content_type()
        if kind in ("text/rfc822-headers", "message/rfc822-headers"):
            found.append(mime.decode(mime.body(part)[:64_000], mime.charset_of(part)))
        elif kind.endswith("delivery-status") or kind == "message/disposition-notification":
            found += [_headers(each) for each in mime.blocks(part)]
        elif kind.startswith("message/"):
            found.append(_headers(mime.carried(part)))
        elif part.get_content_maintype() == "text" and kind != "text/calendar":
            found.append(mime.words(part)[:MOST_WORDS])
    return "\n".join(found)[: MOST_WORDS * 4]


def _headers(block: Message) -> str:
    return "\n".join(f"{name}: {mime.decoded(str(text))}" for name, text in block.raw_items())


def _fields_of_delivery(own: Sequence[Message]) -> list[Bounce]:
    found: list[Bounce] = []
    for part in own:
        if part.get_content_type() not in (
            "message/delivery-status",
            "message/global-delivery-status",
        ):
            continue
        for block in mime.blocks(part):
            if "Final-Recipient" in block or "Original-Recipient" in block or "Action" in block:
                found.append(_bounce(block))
    return found[: mime.MOST_PARTS]


def _bounce(block: Message) -> Bounce:
    who = mime.value(block, "Final-Recipient") or mime.value(block, "Original-Recipient")
    status = _ENHANCED.search(mime.value(block, "Status"))
    action = re.split(r"[\s(;]", mime.value(block, "Action").strip().lower())[0][:20]
    return Bounce(
        recipient=one_line(who.rpartition(";")[2]).strip().strip("<>").lower()[:254],
        action=action or _implied(status.group() if status else ""),
        status=status.group() if status else "",
        said=one_line(mime.decoded(mime.value(block, "Diagnostic-Code")[:2000]))[:500],
    )


def _implied(status: str) -> str:
    """Return the action that a status implies where a system leaves the action out."""
    return {"5": "failed", "4": "delayed", "2": "delivered"}.get(status[:1], "")


def _by_actions(bounces: Sequence[Bounce]) -> Says | None:
    """Return the worst of what is said on recipients; None where no recipient is named."""
    said = [means(each) for each in bounces]
    order = (Says.FAILED, Says.UNCLEAR, Says.DELAYED, Says.DELIVERED)
    return next((each for each in order if each in said), None)


def means(bounce: Bounce) -> Says:
    """Return what an action means; one that no standard knows is for a person to read."""
    if found := ACTIONS.get(bounce.action):
        return found
    return Says.FAILED if bounce.status.startswith("5.") else Says.UNCLEAR


def _receipt(message: Message, own: Sequence[Message], words: str) -> Says:
    """Tell a read receipt (RFC 8098), also in the forms that Outlook and Chinese programs send."""
    for part in own:
        kind = part.get_content_type()
        if kind in ("message/disposition-notification", "message/global-disposition-notification"):
            fields = [mime.value(each, "Disposition").lower() for each in mime.blocks(part)]
            return _disposed(next(filter(None, fields), ""), _Text(words))
    subject = mime.header(message, "Subject", 300)
    if _UNREAD_SUBJECT.match(subject):
        return Says.DELETED
    if _READ_SUBJECT.match(subject) and _READ_WORDS.search(words):
        return Says.DISPLAYED
    return Says.NOTHING


def _disposed(disposition: str, text: _Text) -> Says:
    mode, _, outcome = disposition.partition(";")
    kind = re.split(r"[/,\s]", outcome.strip())[0]
    if kind == "displayed":
        return Says.DISPLAYED
    if kind == "deleted":
        # A filter's refusal comes so (RFC 5429, 2.2), and Dovecot's full mailbox.
        refused = "automatic-action" in mode and FAILED.found(text)
        return Says.FAILED if refused else Says.DELETED
    # Processed, dispatched, denied: nothing of whether it was read.
    quiet = kind in ("processed", "dispatched", "denied")
    return Says.DELIVERED if quiet and not FAILED.found(text) else Says.UNCLEAR


def is_system(message: Message) -> bool:
    """Tell whether a mail calls itself a mail system's: nobody writes under such a name."""
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


def _by_words(message: Message, words: str, whole: str, *, automatic: bool) -> Says:
    """Weigh who writes, and what: a system's word on a failure counts, a person's is theirs.

    Who returns the header of our mail under a subject of their own may be a system, whatever its
    name, or a person who attached our mail: then only a failure counts, and a person reads it.
    """
    subject = mime.header(message, "Subject", 300)
    returns = _returns(message, whole)
    system = is_system(message) or bool(_SYSTEM_SUBJECT.match(subject)) or returns
    if not (system or automatic):
        return Says.NOTHING
    text = _Text(f"{subject}\n{words}")
    failed = FAILED.found(text) or bool(_CODE.search(text.spaced))
    null = mime.value(message, "Return-Path").strip() == "<>"
    answers = (mime.value(message, "Auto-Submitted") or "no").strip().lower() != "no"
    # A null sender that does not call itself an answer is a mail system's (RFC 5321, 4.5.5).
    system = system or (null and not answers and not AWAY.found(text))
    if system:
        says = _of_system(text, "X-Failed-Recipients" in message, failed)
        may_be_person = not (automatic or is_system(message))
        return Says.NOTHING if may_be_person and says is not Says.FAILED else says
    # A person's program that answers: it may say that mail does not reach them; it cannot know.
    return Says.UNCLEAR if failed or HELD.found(text) else Says.NOTHING


def _returns(message: Message, whole: str) -> bool:
    """Tell whether a mail holds the header of one of ours, under no subject of an answer."""
    subject = mime.header(message, "Subject", 300)
    return bool(_RETURNED.search(whole)) and not _PERSONS_SUBJECT.match(subject)


def _of_system(text: _Text, named: bool, failed: bool) -> Says:
    if DELAYED.found(text) and not FINAL.found(text):
        return Says.DELAYED
    if failed or named or _BARE_CODE.search(text.spaced.lower()):
        return Says.FAILED
    if HELD.found(text):
        return Says.UNCLEAR
    if DELIVERED.found(text):
        return Says.DELIVERED
    return Says.NOTHING if AWAY.found(text) else Says.UNCLEAR


def _by_guess(message: Message, says: Says, words: str) -> Bounce:
    named = mime.value(message, "X-Failed-Recipients").split(",")[0]
    found = _ENHANCED.search(words)
    status = found.group() if found else ""
    if not status.startswith("5" if says is Says.FAILED else "4"):
        status = ""
    near = found.start() if found else 0
    said = words[max(0, near - 200) : near + 300] if found else words[:500]
    return Bounce(one_line(named).lower()[:254], says.value, status, one_line(said)[:500])


def _marks(message: Message, every: Sequence[Message], whole: str) -> tuple[str, ...]:
    """Return what may name a mail of ours: Message-IDs, and ids that a server gave it."""
    found = [f"<{each}>" for each in _OUR_ID.findall(whole)]
    for name in ("In-Reply-To", "References"):
        found += mime.ids(message, name)
    found += [f"<{each}>" for each in _ANY_ID.findall(whole)[:100]]
    found += _QUEUE_ID.findall(whole)[:100]
    return tuple(dict.fromkeys(each for each in found if len(each) <= 300))[:300]
