"""Bounces and warnings as mail systems of many families write them, with invented names."""

import base64
from dataclasses import dataclass

TO = "court@court.example"


@dataclass(frozen=True)
class Sent:
    """A mail of ours that came back: whose, and its header as the system has it."""

    recipient: str
    message_id: str
    subject: str = "开庭时间征询"

    @property
    def header(self) -> str:
        """The header that systems quote."""
        return (
            f"Received: from court.example by mx.mail.example; Mon, 23 Nov 2026 09:00:00 +0800\n"
            f"From: court@court.example\nTo: {self.recipient}\nSubject: Hearing\n"
            f"Message-ID: {self.message_id}\nReferences: {self.message_id}\nMIME-Version: 1.0\n"
        )


def _plain(top: str, text: str, kind: str = "text/plain; charset=utf-8") -> str:
    return f"{top}To: {TO}\nMIME-Version: 1.0\nContent-Type: {kind}\n\n{text}"


def _mixed(top: str, *parts: str, kind: str = "multipart/mixed") -> str:
    body = "".join(f"--B\n{part}\n" for part in parts)
    return f'{top}To: {TO}\nMIME-Version: 1.0\nContent-Type: {kind}; boundary="B"\n\n{body}--B--\n'


def _returned(sent: Sent) -> str:
    return f"Content-Type: message/rfc822\n\n{sent.header}\nPlease answer.\n"


def _b64(text: str, charset: str = "utf-8", kind: str = "text/html") -> str:
    body = base64.encodebytes(text.encode(charset)).decode()
    return f"Content-Type: {kind}; charset={charset}\nContent-Transfer-Encoding: base64\n\n{body}"


def exim(sent: Sent) -> str:
    top = (
        f"Return-Path: <>\nX-Failed-Recipients: {sent.recipient}\nAuto-Submitted: auto-replied\n"
        "From: Mail Delivery System <Mailer-Daemon@mx.mail.example>\n"
        "Subject: Mail delivery failed: returning message to sender\n"
    )
    return _plain(
        top,
        (
            "This message was created automatically by mail delivery software.\n\n"
            "A message that you sent could not be delivered to one or more of its\nrecipients. "
            "This is a permanent error. The following address(es) failed:\n\n"
            f"  {sent.recipient}\n    Unrouteable address\n\n"
            f"------ This is a copy of the message, including all the headers. ------\n\n{sent.header}"
        ),
    )


def qmail(sent: Sent) -> str:
    top = "Return-Path: <>\nFrom: MAILER-DAEMON@mail.example\nSubject: failure notice\n"
    return _plain(
        top,
        (
            "Hi. This is the qmail-send program at mail.example.\nI'm afraid I wasn't able to deliver "
            "your message to the following addresses.\nThis is a permanent error; I've given up. Sorry "
            f"it didn't work out.\n\n<{sent.recipient}>:\nSorry, no mailbox here by that name. "
            f"(#5.1.1)\n\n--- Below this line is a copy of the message.\n\n{sent.header}\nHello\n"
        ),
    )


def haraka(sent: Sent) -> str:
    top = (
        "Return-Path: <>\nFrom: MAILER-DAEMON <postmaster@mail.example>\n"
        f"Subject: failed delivery to {sent.recipient}\n"
    )
    return _plain(
        top,
        (
            "I wasn't able to deliver this mail to the recipient:\n\n"
            f"{sent.recipient}: 550 5.7.1 Blocked by policy\n\n{sent.header}"
        ),
    )


def old_sendmail(sent: Sent) -> str:
    top = (
        "From: Mail Delivery Subsystem <MAILER-DAEMON@mail.example>\n"
        "Subject: Returned mail: see transcript for details\n"
    )
    return _plain(
        top,
        (
            "   ----- The following addresses had permanent fatal errors -----\n"
            f"<{sent.recipient}>\n    (reason: 553 5.3.0 <{sent.recipient}>... No such user)\n\n"
            f"   ----- Transcript of session follows -----\n\n{sent.header}"
        ),
    )


def exchange(sent: Sent) -> str:
    top = (
        "From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@mail.example>\n"
        "Subject: Undeliverable: Hearing\nAuto-Submitted: auto-generated\n"
    )
    html = (
        "<html><body><p>Your message to <b>zhao</b> couldn't be delivered.</p>"
        f"<p>{sent.recipient}<br>Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; "
        f"not found'</p><pre>Original message headers:\n{sent.header.replace('<', '&lt;')}</pre></body></html>"
    )
    return _mixed(top, _b64(html))


def exchange_chinese(sent: Sent) -> str:
    name = base64.b64encode("未送达: 开庭".encode("gb2312")).decode()
    top = f"From: postmaster@mail.example\nSubject: =?gb2312?B?{name}?=\n"
    text = f"邮件未能送达以下收件人:\n{sent.recipient}\n找不到您输入的电子邮件地址。\n\n"
    return _mixed(top, _b64(text, "gb2312", "text/plain"), _returned(sent))


def netease(sent: Sent) -> str:
    name = base64.b64encode("系统退信".encode("gbk")).decode()
    top = f"From: =?gb2312?B?{name}?= <postmaster@163.example>\nSubject: =?gb2312?B?{name}?=\n"
    html = (
        "<div>很抱歉，您的邮件被退回，原邮件信息如下：</div><table><tr><td>收件人</td>"
        f"<td>{sent.recipient}</td></tr><tr><td>退信原因</td><td>收件人邮箱帐号不存在</td></tr></table>"
    )
    return _mixed(top, _b64(html, "gbk"), _returned(sent))


def tencent(sent: Sent) -> str:
    """QQ's, which says nothing of the mail but whose it was."""
    name = base64.b64encode("来自收件系统的退信".encode()).decode()
    top = f"From: PostMaster@qq.example\nSubject: =?utf-8?B?{name}?=\n"
    html = f"<p>抱歉，您的邮件无法发送到 {sent.recipient}</p><p>对方邮箱空间不足，拒收该邮件。</p>"
    return _mixed(top, _b64(html))


def notes(sent: Sent) -> str:
    top = "From: Postmaster@notes.example\nSubject: DELIVERY FAILURE: User not listed\n"
    return _mixed(
        top,
        "Content-Type: text/plain; charset=US-ASCII\n\nYour message\n\n  Subject: Hearing\n\n"
        f"was not delivered to:\n\n  {sent.recipient}\n\nbecause:\n\n  User not listed in Directory\n",
        _returned(sent),
    )


def postfix_in_german(sent: Sent) -> str:
    top = "Return-Path: <>\nFrom: MAILER-DAEMON@mail.example\nSubject: Unzustellbar: Termin\n"
    text = f"Ihre Nachricht an {sent.recipient} konnte nicht zugestellt werden."
    return _mixed(top, f"Content-Type: text/plain; charset=utf-8\n\n{text}\n", _returned(sent))


def japanese(sent: Sent) -> str:
    top = "Return-Path: <>\nFrom: MAILER-DAEMON@mail.example\nSubject: Mail System Error\n"
    text = f"次の宛先にメールを配信できませんでした。\n{sent.recipient}\n"
    body = base64.encodebytes(text.encode("iso-2022-jp")).decode()
    part = f"Content-Type: text/plain; charset=iso-2022-jp\nContent-Transfer-Encoding: base64\n\n{body}"
    return _mixed(top, part, _returned(sent))


def gateway(sent: Sent) -> str:
    """A filter's refusal under a name of its own, without a word in its header."""
    top = "From: Content-Filter@mail.example\nSubject: Hearing : non remis (delivery failed)\n"
    return _plain(top, f"Your message was rejected by {sent.recipient}.\n\n{sent.header}")


def report_of_sieve(sent: Sent) -> str:
    """A filter's refusal in the form of a read receipt (RFC 5429)."""
    top = (
        "From: Mail Delivery Subsystem <postmaster@mail.example>\nAuto-Submitted: auto-replied\n"
        "Subject: Automatically rejected mail\n"
    )
    return _mixed(
        top,
        f"Content-Type: text/plain\n\nYour message to <{sent.recipient}> was automatically rejected:"
        "\nQuota exceeded\n",
        f"Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; {sent.recipient}"
        f"\nOriginal-Message-ID: {sent.message_id}\n"
        "Disposition: automatic-action/MDN-sent-automatically; deleted\n",
        kind="multipart/report; report-type=disposition-notification",
    )


def dsn(sent: Sent, action: str = "failed", status: str = "5.1.1", encoded: bool = False) -> str:
    """The standard's form (RFC 3464); some systems encode its parts in base64."""
    fields = (
        "Reporting-MTA: dns; mail.example\n\n"
        f"Final-Recipient: rfc822; {sent.recipient}\nAction: {action}\nStatus: {status}\n"
    )
    head, mail = "", sent.header
    if encoded:
        head = "Content-Transfer-Encoding: base64\n"
        fields, mail = (base64.encodebytes(x.encode()).decode() for x in (fields, mail))
    return _mixed(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mail.example\nSubject: Report\n",
        "Content-Type: text/plain\n\nA report.\n",
        f"Content-Type: message/delivery-status\n{head}\n{fields}",
        f"Content-Type: text/rfc822-headers\n{head}\n{mail}",
        kind="multipart/report; report-type=delivery-status",
    )


FAILURES = {
    each.__name__: each
    for each in (
        exim,
        qmail,
        haraka,
        old_sendmail,
        exchange,
        exchange_chinese,
        netease,
        notes,
        postfix_in_german,
        japanese,
        gateway,
        report_of_sieve,
    )
}


def exim_delay(sent: Sent) -> str:
    top = (
        "Return-Path: <>\nFrom: Mail Delivery System <Mailer-Daemon@mail.example>\n"
        "Auto-Submitted: auto-replied\nSubject: Warning: message 1xABcd delayed 24 hours\n"
    )
    return _plain(
        top,
        (
            "A message that you sent has not yet been delivered to one or more of its\nrecipients after "
            f"more than 24 hours.\n\n  {sent.recipient}\n    retry timeout not reached\n\nNo action is "
            "required on your part. Delivery attempts will continue for\nsome time, and this warning may "
            f"be repeated.\n\n{sent.header}"
        ),
    )


def chinese_delay(sent: Sent) -> str:
    top = "From: postmaster@mail.example\nSubject: =?utf-8?B?5oqV6YCS5bu26L+f?=\n"
    text = f"您发给 {sent.recipient} 的邮件尚未送达，系统将继续尝试投递，您不必重新发送。"
    return _mixed(top, f"Content-Type: text/plain; charset=utf-8\n\n{text}\n", _returned(sent))


DELAYS = {each.__name__: each for each in (exim_delay, chinese_delay)}


def away(sender: str, message_id: str) -> dict[str, str]:
    """Answers of people's programs, which are no bounces."""
    top = f"From: Somebody <{sender}>\nIn-Reply-To: {message_id}\n"
    return {
        "vacation": _plain(
            f"{top}Return-Path: <>\nAuto-Submitted: auto-replied\nSubject: Automatic reply: Hearing\n",
            "I am out of the office until 7 December and cannot be reached. I may be unable to reach "
            "my e-mail. In urgent matters come to 5.1.2 Main Street.\n",
        ),
        "chinese": _plain(
            f"{top}Auto-Submitted: auto-replied\nSubject: =?utf-8?B?6Ieq5Yqo5Zue5aSNOiDluq3mnJ8=?=\n",
            "您好，我正在休假，邮件已收到，回来后尽快回复。\n",
        ),
        "old exchange": _plain(
            f"{top}Return-Path: <>\nSubject: Out of Office: Hearing\n", "I am on leave.\n"
        ),
    }


def read_receipt(sent: Sent, disposition: str) -> str:
    """RFC 8098, as Thunderbird writes it."""
    return _mixed(
        f"From: Somebody <{sent.recipient}>\nSubject: Return Receipt\n",
        "Content-Type: text/plain\n\nThis is a receipt for the mail that you sent.\n",
        f"Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; {sent.recipient}"
        f"\nOriginal-Message-ID: {sent.message_id}\nDisposition: {disposition}\n",
        kind="multipart/report; report-type=disposition-notification",
    )
