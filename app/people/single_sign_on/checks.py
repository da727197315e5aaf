"""The check of the provider for `tingqi doctor` and the settings page."""

from app.core.errors import N_, Message
from app.people.single_sign_on.provider import CodeRefused, ProviderUnavailable, SignOnProvider


def check_provider(provider: SignOnProvider) -> tuple[bool, Message]:
    """Ask the provider for what it publishes, and whether it knows us; return the result."""
    issuer = provider.settings.issuer
    try:
        metadata = provider.check()
    except ProviderUnavailable as fault:
        words = N_("%(issuer)s cannot be used: %(reason)s")
        return False, Message(words, issuer=issuer, reason=fault.message)
    except CodeRefused:
        words = N_(
            "%(issuer)s does not accept client %(client)s with this secret: check "
            "TINGQI_OIDC_CLIENT_ID and TINGQI_OIDC_CLIENT_SECRET"
        )
        return False, Message(words, issuer=issuer, client=provider.settings.client_id)
    words = N_("%(issuer)s answers; register there: %(callback)s, for sign-out %(signed_out)s")
    if not metadata.end_session_endpoint:
        words = N_("%(issuer)s answers; register there: %(callback)s. It offers no sign-out")
    if not metadata.announces_pkce:
        words = N_("%(issuer)s answers, without saying that it knows PKCE; register: %(callback)s")
    facts = {"callback": provider.redirect_uri, "signed_out": provider.signed_out_uri}
    return True, Message(words, issuer=issuer, **facts)
